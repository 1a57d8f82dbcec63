#include "tests/support/api_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "tests/support/fcgi_client.hpp"
#include "tests/support/paths.hpp"

namespace runyard::test {

ApiProcess::ApiProcess(const std::vector<std::string>& arguments)
    : listening_(listen_on((folder_.path() / "api.sock").string())) {
  const char* bin = std::getenv("RUNYARD_TEST_BIN");
  if (!bin) throw std::runtime_error("RUNYARD_TEST_BIN is not set: run ./runyard test");
  std::vector<std::string> words{std::string(bin) + "/fcgi-app/runyard-api",
                                 "--languages_dir=" + source_path("docker/languages")};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const auto log = (folder_.path() / "stderr").string();
  const UniqueFd errors(::open(log.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ == 0) {
    ::dup2(listening_.get(), STDIN_FILENO);
    ::dup2(errors.get(), STDOUT_FILENO);
    ::dup2(errors.get(), STDERR_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
}

ApiProcess::~ApiProcess() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

FcgiAnswer ApiProcess::ask(const std::string& method, const std::string& uri,
                           const std::string& body,
                           std::map<std::string, std::string> params) const {
  params.try_emplace("REQUEST_METHOD", method);
  params.try_emplace("REQUEST_URI", uri);
  params.try_emplace("REMOTE_ADDR", "192.0.2.1");
  params.try_emplace("CONTENT_LENGTH", std::to_string(body.size()));
  if (!body.empty()) params.try_emplace("CONTENT_TYPE", "application/json");
  FcgiClient client(socket());
  client.begin(params);
  if (!body.empty()) client.body(body);
  client.body("");
  const auto text = client.answer();
  const auto end = text.find("\r\n\r\n");
  const auto status = text.find("Status: ");
  if (end == std::string::npos || status == std::string::npos)
    throw std::runtime_error("no answer of runyard-api: " + text + log());
  return {std::stoi(text.substr(status + 8)), text.substr(0, end), text.substr(end + 4)};
}

int ApiProcess::stop() {
  if (pid_ > 0) ::kill(pid_, SIGTERM);
  return wait();
}

int ApiProcess::wait() {
  int status = 0;
  if (::waitpid(std::exchange(pid_, -1), &status, 0) < 0)
    throw std::system_error(errno, std::generic_category(), "waitpid");
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace runyard::test
