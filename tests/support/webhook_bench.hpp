#pragma once
// Webhooks over a database of their own: submissions with a callback_url, a worker's queue that
// ends them, and senders with a resolver that says what the test wants.
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "core/log.hpp"
#include "core/webhook_store.hpp"
#include "core/work_queue.hpp"
#include "tests/support/temp_database.hpp"
#include "worker/webhooks/sender.hpp"

namespace runyard::test {

/// Answers at once; counts the questions. Takes none for full.test.
class FakeResolver final : public Resolver {
 public:
  bool resolve(const std::string& host, Answer answer) override {
    Resolved resolved;
    {
      const std::lock_guard lock(mutex_);
      ++asked_[host];
      if (full_ || host == "full.test") return false;
      if (silent_) {
        kept_.push_back(std::move(answer));
        return true;
      }
      auto& answers = answers_[host];
      if (answers.size() > 1) {
        resolved = answers.front();
        answers.erase(answers.begin());
      } else if (!answers.empty()) {
        resolved = answers.front();
      } else if (const auto address = parse_address(host)) {
        resolved.addresses = {*address};
      } else {
        resolved.error = "its host was not found";
      }
    }
    answer(resolved);
    return true;
  }

  /// The answers to the next questions, one after the other; the last one stays.
  void set(const std::string& host, const std::vector<std::vector<std::string>>& answers) {
    const std::lock_guard lock(mutex_);
    auto& list = answers_[host];
    list.clear();
    for (const auto& addresses : answers) {
      Resolved resolved;
      for (const auto& text : addresses) resolved.addresses.push_back(*parse_address(text));
      list.push_back(resolved);
    }
  }
  /// No answer from now on.
  void be_silent(bool silent) {
    const std::lock_guard lock(mutex_);
    silent_ = silent;
  }
  /// Answers what it kept to itself: that there is no such host.
  void break_silence() {
    std::vector<Answer> kept;
    {
      const std::lock_guard lock(mutex_);
      silent_ = false;
      kept.swap(kept_);
    }
    for (const auto& answer : kept) answer({{}, "its host was not found"});
  }
  /// Takes no question from now on.
  void be_full(bool full) {
    const std::lock_guard lock(mutex_);
    full_ = full;
  }
  int asked(const std::string& host) const {
    const std::lock_guard lock(mutex_);
    const auto found = asked_.find(host);
    return found == asked_.end() ? 0 : found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<Resolved>> answers_;  // under mutex_, as all below
  std::map<std::string, int> asked_;
  std::vector<Answer> kept_;
  bool silent_ = false;
  bool full_ = false;
};

struct WebhookBench {
  WebhookBench() {
    static const bool quiet = (log::init("webhook tests", "error"), true);
    static_cast<void>(quiet);
  }

  /// Queued, with this callback_url ("": none).
  std::string submit(const std::string& url, const std::string& owner = "user:anna") {
    NewExecution execution;
    execution.id = new_uuid7();
    execution.owner = owner;
    execution.submission.language = "python";
    execution.submission.version = "3.13";
    execution.submission.files = {{"main.py", "print"}};
    execution.submission.entry = "main.py";
    execution.callback_url = url;
    store.submit(execution);
    return execution.id;
  }
  /// A worker claims everything that is queued and ends it.
  void finish_all(const std::string& output = "hi\n") {
    std::vector<Finished> finished;
    Result result;
    result.status = Status::kCompleted;
    result.output = output;
    result.exit_code = 0;
    for (const auto& claim : queue.turn({}, 1000, {"python"}).claims)
      finished.push_back({claim.id, claim.attempt, result});
    queue.turn(finished, 0, {});
  }
  std::string ended(const std::string& url, const std::string& owner = "user:anna") {
    const auto id = submit(url, owner);
    finish_all();
    return id;
  }

  /// Sends to this machine, without waiting between attempts unless it is asked.
  static SenderSettings fast() {
    using namespace std::chrono_literals;
    SenderSettings settings;
    settings.time = 10s;
    settings.look = 10ms;
    settings.leave = 100ms;
    settings.delay = [](int, double) { return 0ms; };
    return settings;
  }
  std::unique_ptr<WebhookSender> sender(SenderSettings settings = fast(),
                                        const std::string& allowed = "127.0.0.0/8") {
    return std::make_unique<WebhookSender>(
        std::move(settings), new_uuid7(), webhooks,
        [this](const std::string& id, const std::string& owner) -> std::optional<WebhookBody> {
          if (!store.find(id, owner)) return std::nullopt;
          return WebhookBody{"{\"execution_id\":\"" + id + "\"}", false};
        },
        resolver, AddressRules(parse_networks(allowed)));
  }

  WebhookLog log_of(const std::string& id, const std::string& owner = "user:anna") {
    const auto logs = webhooks.log(id, owner);
    return !logs || logs->empty() ? WebhookLog() : logs->at(0);
  }

  TempDatabase temp;
  Database database{temp.options(), 6};
  ExecutionStore store{database};
  WebhookStore webhooks{database};
  WorkQueue queue{database, new_uuid7()};
  FakeResolver resolver;
};

}  // namespace runyard::test
