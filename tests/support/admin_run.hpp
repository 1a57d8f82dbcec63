#pragma once
// runyard-admin within the test's own process.
#include <fcntl.h>
#include <unistd.h>

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "admin/admin.hpp"
#include "core/unique_fd.hpp"

namespace runyard::test {

struct AdminRun {
  int code = -1;
  std::string out;
  std::string err;
};

/// `input` must fit into a pipe.
inline AdminRun run_admin(std::vector<std::string> arguments, const std::string& input = "",
                          std::map<std::string, std::string> environment = {}) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  const UniqueFd in(ends[0]);
  {
    const UniqueFd writer(ends[1]);
    if (::write(writer.get(), input.data(), input.size()) < 0) return {};
  }
  std::ostringstream out;
  std::ostringstream err;
  admin::Console console(in.get(), out, err);
  const int code = admin::run({std::move(arguments), std::move(environment)}, console);
  return {code, out.str(), err.str()};
}

inline bool is_one_line(const std::string& text) {
  return !text.empty() && text.find('\n') == text.size() - 1;
}

}  // namespace runyard::test
