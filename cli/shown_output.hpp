#pragma once
// Standard output and standard error for what programs and servers write.
#include <functional>
#include <string>
#include <string_view>

#include "core/terminal_text.hpp"

namespace runyard::cli {

/// One of the two. On a terminal, control characters are shown instead of sent, since a program
/// could otherwise write over what stands there, name the window, fill the clipboard or make the
/// terminal type; a pipe or a file gets every byte as it is. Each of the two is judged alone.
class ShownOutput final {
 public:
  /// Throws as write_all() does.
  using Write = std::function<void(std::string_view)>;

  /// `escapes`: "auto", which is the above, "show" or "pass" wherever it goes.
  ShownOutput(const std::string& escapes, bool is_terminal, Write write);

  /// The next bytes of an output.
  void add(std::string_view bytes);
  /// The output is over; another one may begin.
  void finish();
  /// JSON with a line end, which means the same when it is shown otherwise.
  void add_json(std::string_view json);
  /// Control characters were shown in the place of being sent.
  bool changed() const { return changed_; }

 private:
  Write write_;
  bool shows_;
  PrintableStream stream_;
  bool changed_ = false;
};

/// stdout as "auto" has it, for commands without an output of a program's.
ShownOutput shown_stdout(const std::string& escapes = "auto");
ShownOutput shown_stderr(const std::string& escapes = "auto");

}  // namespace runyard::cli
