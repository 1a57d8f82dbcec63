#pragma once
// One output of an execution, written once however often it is told.
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace runyard::cli {

/// An execution whose worker was lost begins anew, and whoever lost the events may get all output
/// again at the end. What is the same as was written already is not written twice; where it
/// differs, it goes on with the later one. Keeps what it wrote: an output has at most some MiB.
class OutputReplay final {
 public:
  using Write = std::function<void(std::string_view)>;

  explicit OutputReplay(Write write) : write_(std::move(write)) {}

  /// The next bytes of the present telling.
  void add(std::string_view bytes);
  /// It is told from its beginning again.
  void restart() { at_ = 0; }
  /// The whole output, as the result has it.
  void finish(std::string_view whole);
  /// What was written is not how a later telling begins.
  bool differed() const { return differed_; }

 private:
  Write write_;
  std::string written_;  ///< of this telling and, behind at_, of an earlier one
  std::size_t at_ = 0;
  bool differed_ = false;
};

}  // namespace runyard::cli
