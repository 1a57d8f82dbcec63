#pragma once
// What the routes need of the store; tests put another one in its place.
#include <optional>
#include <string>
#include <vector>

#include "core/execution_store.hpp"
#include "fcgi-app/answer_room.hpp"

namespace runyard {

/// See ExecutionStore for each. Thread-safe; every call may throw DatabaseUnavailable.
class Executions {
 public:
  virtual ~Executions() = default;
  virtual SubmitOutcome submit(const NewExecution& execution) = 0;
  virtual std::optional<Execution> find(const std::string& id, const std::string& owner) = 0;
  virtual std::optional<Submission> find_submission(const std::string& id,
                                                    const std::string& owner) = 0;
  virtual std::optional<StoredPart> find_part(const std::string& id, const std::string& owner,
                                              ExecutionPart part, const std::string& name,
                                              const PartRange& range) = 0;
  virtual std::vector<Execution> list(const std::string& owner, const ListFilter& filter) = 0;
  virtual void watch(const std::string& id) = 0;
  virtual CancelOutcome cancel(const std::string& id, const std::string& owner) = 0;
  virtual DeleteOutcome remove(const std::string& id, const std::string& owner) = 0;
};

/// What is large needs a place in `room` first (see AnswerScope): calls may throw AnswersFull.
class StoredExecutions final : public Executions {
 public:
  explicit StoredExecutions(ExecutionStore& store, AnswerRoom* room = nullptr)
      : store_(store),
        admit_([room](std::size_t bytes) { AnswerScope::need(room, memory_to_read(bytes)); }),
        room_(room) {}
  SubmitOutcome submit(const NewExecution& execution) override { return store_.submit(execution); }
  std::optional<Execution> find(const std::string& id, const std::string& owner) override {
    return store_.find(id, owner, admit_);
  }
  std::optional<Submission> find_submission(const std::string& id,
                                            const std::string& owner) override {
    return store_.find_submission(id, owner, admit_);
  }
  std::optional<StoredPart> find_part(const std::string& id, const std::string& owner,
                                      ExecutionPart part, const std::string& name,
                                      const PartRange& range) override {
    AnswerScope::need(
        room_, memory_to_read(part == ExecutionPart::kArtifact ? kMostOfArtifacts : kMostOfOutput));
    return store_.find_part(id, owner, part, name, range);
  }
  std::vector<Execution> list(const std::string& owner, const ListFilter& filter) override {
    AnswerScope::need(room_, static_cast<std::size_t>(filter.limit) * kOneOfList);
    return store_.list(owner, filter);
  }
  void watch(const std::string& id) override { store_.watch(id); }
  CancelOutcome cancel(const std::string& id, const std::string& owner) override {
    return store_.cancel(id, owner);
  }
  DeleteOutcome remove(const std::string& id, const std::string& owner) override {
    return store_.remove(id, owner);
  }

 private:
  /// As large as they can be: their size is known when they are there.
  static constexpr std::size_t kMostOfOutput = std::size_t{1} << 20;
  static constexpr std::size_t kMostOfArtifacts = std::size_t{8} << 20;
  /// Outputs of 4096 bytes, the program's and the compiler's, and what comes with them.
  static constexpr std::size_t kOneOfList = std::size_t{32} << 10;

  ExecutionStore& store_;
  const AdmitLarge admit_;
  AnswerRoom* const room_;
};

}  // namespace runyard
