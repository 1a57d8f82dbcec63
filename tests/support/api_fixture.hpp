#pragma once
// What tests of the API's parts work with: two languages, a store in memory.
#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/errors.hpp"
#include "core/language.hpp"
#include "fcgi-app/executions.hpp"
#include "fcgi-app/http.hpp"

namespace runyard::test {

/// python (interpreted, no limits of its own; 3.13.2 and 3.11.2) and cpp (compiled, at most 256
/// MiB).
inline LanguageCatalog small_catalog() {
  Language python;
  python.id = python.image = "python";
  python.aliases = {"python3", "py"};
  python.name = "Python";
  python.version = "3.13.2";
  python.source = "main.py";
  python.run_argv = {"python3", "{source}"};
  for (const auto& field : kLimitFields) python.maximum_limits.*field.member = field.server_maximum;
  Language cpp = python;
  cpp.id = cpp.image = "cpp";
  cpp.aliases = {"c++"};
  cpp.name = "C++";
  cpp.version = "14.2";
  cpp.source = "main.cpp";
  cpp.compile = CompileStep{};
  cpp.compile->allowed_args = {"-O2", "-std=c++17"};
  cpp.default_limits.memory_kb = 200 * 1024;
  cpp.maximum_limits.memory_kb = 256 * 1024;
  Language old = python;
  old.version = "3.11.2";
  old.aliases = {"python3.11"};
  old.is_default = false;
  old.image = "python-3.11";
  old.source = "old.py";
  return LanguageCatalog({python, cpp, old});
}

/// Keeps executions in memory. Nothing runs them: tests end them with finish().
class MemoryExecutions final : public Executions {
 public:
  SubmitOutcome submit(const NewExecution& execution) override {
    const std::lock_guard lock(mutex_);
    throw_if_away();
    submitted_.push_back(execution);
    if (!execution.idempotency_key.empty()) {
      const auto [entry, fresh] =
          keys_.try_emplace(execution.owner + '\n' + execution.idempotency_key, execution.id,
                            execution.idempotency_digest);
      if (!fresh) {
        if (entry->second.second != execution.idempotency_digest) return IdempotencyConflict{};
        return Submitted{entry->second.first, false};
      }
    }
    Execution stored;
    stored.id = execution.id;
    stored.owner = execution.owner;
    stored.language = execution.submission.language;
    stored.origin = execution.origin;
    stored.created_at = "2026-01-31T12:00:00.000Z";
    executions_[execution.id] = stored;
    return Submitted{execution.id, true};
  }
  std::optional<Execution> find(const std::string& id, const std::string& owner) override {
    const std::lock_guard lock(mutex_);
    throw_if_away();
    const auto found = executions_.find(id);
    if (found == executions_.end() || found->second.owner != owner) return std::nullopt;
    return found->second;
  }
  std::optional<Submission> find_submission(const std::string& id,
                                            const std::string& owner) override {
    if (!find(id, owner)) return std::nullopt;
    const std::lock_guard lock(mutex_);
    for (const auto& execution : submitted_)
      if (execution.id == id) return execution.submission;
    return std::nullopt;
  }
  std::optional<StoredPart> find_part(const std::string& id, const std::string& owner,
                                      ExecutionPart part, const std::string& name,
                                      const PartRange& range) override {
    const auto execution = find(id, owner);
    if (!execution) return std::nullopt;
    StoredPart stored;
    stored.status = execution->status;
    if (!execution->result) return stored;
    std::string bytes =
        part == ExecutionPart::kStderr ? execution->result->errors : execution->result->output;
    stored.present = part != ExecutionPart::kArtifact;
    if (part == ExecutionPart::kArtifact) {
      for (const auto& artifact : execution->result->artifacts) {
        if (artifact.name != name) continue;
        stored.error = artifact.error;
        stored.present = artifact.error.empty();
        bytes = artifact.content;
      }
    }
    if (!stored.present) return stored;
    stored.size = static_cast<std::int64_t>(bytes.size());
    const auto from = range.from < 0 ? std::max<std::int64_t>(0, stored.size + range.from)
                                     : std::min(range.from, stored.size);
    stored.bytes =
        bytes.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(range.length));
    return stored;
  }
  std::vector<Execution> list(const std::string& owner, const ListFilter& filter) override {
    const std::lock_guard lock(mutex_);
    throw_if_away();
    last_filter = filter;
    std::vector<Execution> found;
    for (auto entry = executions_.rbegin(); entry != executions_.rend(); ++entry)
      if (entry->second.owner == owner && (filter.before.empty() || entry->first < filter.before) &&
          found.size() < static_cast<std::size_t>(filter.limit))
        found.push_back(entry->second);
    return found;
  }
  void watch(const std::string& id) override {
    const std::lock_guard lock(mutex_);
    throw_if_away();
    watched_.push_back(id);
  }
  CancelOutcome cancel(const std::string& id, const std::string& owner) override {
    const auto found = find(id, owner);
    if (!found) return CancelOutcome::kNotFound;
    if (is_terminal(found->status)) return CancelOutcome::kAlreadyTerminal;
    if (found->status == Status::kRunning) return CancelOutcome::kRequested;
    finish(id, Status::kCancelled);
    return CancelOutcome::kCancelled;
  }
  DeleteOutcome remove(const std::string& id, const std::string& owner) override {
    const auto found = find(id, owner);
    if (!found) return DeleteOutcome::kNotFound;
    if (!is_terminal(found->status)) return DeleteOutcome::kNotTerminal;
    const std::lock_guard lock(mutex_);
    executions_.erase(id);
    return DeleteOutcome::kDeleted;
  }

  void finish(const std::string& id, Status status = Status::kCompleted) {
    const std::lock_guard lock(mutex_);
    auto& execution = executions_.at(id);
    execution.status = status;
    execution.result.emplace();
    execution.result->status = status;
    execution.result->output = "done\n";
    execution.result->wall_ms = 7;
  }
  void set_result(const std::string& id, const Result& result) {
    const std::lock_guard lock(mutex_);
    executions_.at(id).status = result.status;
    executions_.at(id).result = result;
  }
  void set_status(const std::string& id, Status status) {
    const std::lock_guard lock(mutex_);
    executions_.at(id).status = status;
  }
  void go_away(bool away) {
    const std::lock_guard lock(mutex_);
    away_ = away;
  }
  std::vector<NewExecution> submitted() const {
    const std::lock_guard lock(mutex_);
    return submitted_;
  }
  std::vector<std::string> watched() const {
    const std::lock_guard lock(mutex_);
    return watched_;
  }

  ListFilter last_filter;  ///< of the last list(), read by the test's own thread

 private:
  void throw_if_away() const {
    if (away_) throw DatabaseUnavailable("away, as the test asked");
  }

  mutable std::mutex mutex_;
  std::map<std::string, Execution> executions_;                      // under mutex_
  std::map<std::string, std::pair<std::string, std::string>> keys_;  // under mutex_
  std::vector<NewExecution> submitted_;                              // under mutex_
  std::vector<std::string> watched_;                                 // under mutex_
  bool away_ = false;                                                // under mutex_
};

}  // namespace runyard::test
