#pragma once
// What a site has recorded, against what the people of its load know.
#include <map>
#include <string>
#include <vector>

#include "tests/support/chaos_live.hpp"
#include "tests/support/chaos_load.hpp"
#include "tests/support/http_receiver.hpp"
#include "tests/support/own_cluster.hpp"

namespace runyard::test {

struct StoredResult {
  std::string status;  ///< empty: it has none
  std::string reason;
  std::string output;
  std::string message;
  int attempt = 0;
  bool live = false;
};

/// Of every execution that is there, by its id.
using StoredResults = std::map<std::string, StoredResult>;
StoredResults stored_results(const OwnCluster& cluster);

struct LiveFigures {
  int runs = 0;     ///< that somebody was told of
  int cut = 0;      ///< of these, ended otherwise than by themselves
  int lost = 0;     ///< without a result, told of or not
  int unheard = 0;  ///< there, and nobody was told of them
  std::string wrong;
};

/// A live run may be cut short, by the loss of its gateway, its worker or its client, but no two
/// know different ends of it, and what completed has had its line. `crashed`: the database was, and
/// with it what was typed may be gone.
LiveFigures compare(const std::vector<LiveTalk>& talks, const std::vector<Owed>& owed,
                    const StoredResults& stored, bool crashed);

struct WebhookFigures {
  int asked = 0;  ///< submissions that want one
  int again = 0;  ///< of these, delivered more than once
  std::string wrong;
};

/// Each at least once, with the end that is recorded, and always under the same id.
WebhookFigures compare(const std::vector<Owed>& owed, const StoredResults& stored,
                       const std::vector<ReceivedRequest>& received);

}  // namespace runyard::test
