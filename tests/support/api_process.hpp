#pragma once
// A runyard-api of the test's own, on a socket of its own, with the settings that the test wants.
#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "core/unique_fd.hpp"
#include "tests/support/temp_dir.hpp"

namespace runyard::test {

struct FcgiAnswer {
  int status = 0;
  std::string headers;
  std::string body;
};

class ApiProcess final {
 public:
  /// `arguments` are flags, "--auth=required". The program is that of RUNYARD_TEST_BIN; throws when
  /// that is not set.
  explicit ApiProcess(const std::vector<std::string>& arguments);
  /// Ends the process.
  ~ApiProcess();
  ApiProcess(const ApiProcess&) = delete;
  ApiProcess& operator=(const ApiProcess&) = delete;

  /// One request with a JSON body; waits for the start of the process. `params` are further FastCGI
  /// parameters: {"HTTP_X_API_KEY", ..}.
  FcgiAnswer ask(const std::string& method, const std::string& uri, const std::string& body = "",
                 std::map<std::string, std::string> params = {}) const;

  pid_t pid() const { return pid_; }

  /// Where it takes requests, for tests that are clients of their own.
  std::string socket() const { return (folder_.path() / "api.sock").string(); }

  /// SIGTERM; then, or when it ended by itself, its exit code. -1 for a signal.
  int stop();
  /// Its exit code once it ends by itself.
  int wait();
  /// What it wrote to stderr.
  std::string log() const { return folder_.read("stderr"); }

 private:
  TempDir folder_;
  UniqueFd listening_;
  pid_t pid_ = -1;
};

}  // namespace runyard::test
