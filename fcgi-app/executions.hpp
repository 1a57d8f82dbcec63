#pragma once
// What the routes need of the store; tests put another one in its place.
#include <optional>
#include <string>
#include <vector>

#include "core/execution_store.hpp"

namespace runyard {

/// See ExecutionStore for each. Thread-safe; every call may throw DatabaseUnavailable.
class Executions {
 public:
  virtual ~Executions() = default;
  virtual SubmitOutcome submit(const NewExecution& execution) = 0;
  virtual std::optional<Execution> find(const std::string& id, const std::string& owner) = 0;
  virtual std::optional<Submission> find_submission(const std::string& id,
                                                    const std::string& owner) = 0;
  virtual std::vector<Execution> list(const std::string& owner, const ListFilter& filter) = 0;
  virtual void watch(const std::string& id) = 0;
  virtual CancelOutcome cancel(const std::string& id, const std::string& owner) = 0;
  virtual DeleteOutcome remove(const std::string& id, const std::string& owner) = 0;
};

class StoredExecutions final : public Executions {
 public:
  explicit StoredExecutions(ExecutionStore& store) : store_(store) {}
  SubmitOutcome submit(const NewExecution& execution) override { return store_.submit(execution); }
  std::optional<Execution> find(const std::string& id, const std::string& owner) override {
    return store_.find(id, owner);
  }
  std::optional<Submission> find_submission(const std::string& id,
                                            const std::string& owner) override {
    return store_.find_submission(id, owner);
  }
  std::vector<Execution> list(const std::string& owner, const ListFilter& filter) override {
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
  ExecutionStore& store_;
};

}  // namespace runyard
