#pragma once
// People who submit to a site whatever happens to it, and remember what it has accepted.
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace runyard::test {

struct ApiAnswer {
  int status = 0;  ///< 0: there was none, or only a part of one
  std::string body;
};

/// One request with a JSON body, over FastCGI. `params` hold at least its method and its URI.
ApiAnswer ask_api(const std::string& socket, std::map<std::string, std::string> params,
                  const std::string& body);

/// What the site owes for one submission.
struct Owed {
  std::string id;
  std::string status;  ///< that its result must have; empty: any
  std::string output;  ///< its stdout, a text of its own; the beginning of it for a TIMEOUT
  bool webhook = false;
};

struct LoadOptions {
  std::string socket;   ///< of the API, for FastCGI
  std::string webhook;  ///< where some of the submissions ask to be told of their end
  int owners = 4;
  std::chrono::milliseconds pause{120};  ///< of each owner between two submissions
  unsigned seed = 1;
};

/// One thread an owner. Each submission has an Idempotency-Key and is repeated with it until it is
/// accepted, as a careful client does: so whatever was accepted twice, or without an answer, shows.
class ChaosLoad final {
 public:
  explicit ChaosLoad(LoadOptions options);
  ~ChaosLoad();
  ChaosLoad(const ChaosLoad&) = delete;
  ChaosLoad& operator=(const ChaosLoad&) = delete;

  /// Each owner ends what he is at: it may have been accepted without an answer. What nobody
  /// accepts within ten seconds is given up.
  void stop();

  /// One that the test has submitted itself; whatever it ends as is its own to check.
  void also_accepted(const std::string& id);

  std::vector<Owed> owed() const;
  std::size_t accepted() const;
  /// Answers other than 2xx, and connections without one.
  int refused() const { return refused_; }
  /// How often each status was answered; 0: none came.
  std::map<int, int> answers() const;
  /// Submissions that were given up: nobody accepted them in time, or the answer was a 4xx.
  int given_up() const { return given_up_; }

 private:
  void be_owner(int number);

  const LoadOptions options_;
  std::chrono::steady_clock::time_point stopped_;  // before stop_ is set
  std::atomic<bool> stop_{false};
  std::atomic<int> refused_{0};
  std::atomic<int> given_up_{0};
  mutable std::mutex mutex_;
  std::vector<Owed> owed_;      // under mutex_
  std::map<int, int> answers_;  // under mutex_
  std::vector<std::thread> threads_;
};

}  // namespace runyard::test
