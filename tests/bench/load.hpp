#pragma once
// Submissions as the rows send them, and several clients at once.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/http_client.hpp"

namespace runyard::bench {

/// A submission; the rest are extra members, given as JSON.
struct Submission {
  std::string language;
  std::string code;
  std::vector<std::pair<std::string, std::string>> extra;

  std::string json() const;
};

/// `code` with white space at its end that no earlier one had, so that no cache knows it.
std::string never_seen(const std::string& code);

/// What a run was, for rows that need more than its time.
struct Ran {
  double ms = 0;  ///< as the client saw it
  json::Value execution;
};

/// Submits, waits for the end in the same request, and checks that it completed and printed
/// `expected`. Throws Failure otherwise.
Ran run_checked(HttpClient& client, const std::string& submission, const std::string& expected);
/// Submits without waiting: the id. Throws Failure when it is not 202.
std::string submit(HttpClient& client, const std::string& submission);

struct LoadResult {
  double wall_s = 0;
  std::vector<double> ms;  ///< each request
  double rate() const { return static_cast<double>(ms.size()) / wall_s; }
};

/// `clients` threads with a connection each do `one` until there were `total` calls, or `seconds`
/// are over where that is above 0. The first `unmeasured` calls are not counted. Rethrows what a
/// thread threw.
LoadResult run_load(const Stack& stack, int clients, int total, double seconds, int unmeasured,
                    const std::function<void(HttpClient&)>& one);

}  // namespace runyard::bench
