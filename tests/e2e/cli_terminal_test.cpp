// The real runyard-cli with somebody at a terminal.
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "core/json.hpp"
#include "core/text.hpp"
#include "core/unique_fd.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/scripted_server.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

/// The client on a terminal of its own; what it writes and what the terminal echoes come mixed.
/// `out`: a file for its stdout instead, so that the terminal shows stderr alone.
class Terminal final {
 public:
  Terminal(const std::string& url, const std::string& home, std::vector<std::string> arguments,
           const std::string& out = "") {
    const char* bin = std::getenv("RUNYARD_TEST_BIN");
    REQUIRE(bin);
    arguments.insert(arguments.begin(), std::string(bin) + "/cli/runyard-cli");
    std::vector<std::string> variables{"RUNYARD_URL=" + url, "HOME=" + home};
    std::vector<char*> argv;
    for (auto& word : arguments) argv.push_back(word.data());
    argv.push_back(nullptr);
    std::vector<char*> envp;
    for (auto& variable : variables) envp.push_back(variable.data());
    envp.push_back(nullptr);
    int master = -1;
    pid_ = ::forkpty(&master, nullptr, nullptr, nullptr);
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      if (!out.empty())
        ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), STDOUT_FILENO);
      ::execve(argv[0], argv.data(), envp.data());
      ::_exit(99);
    }
    master_.reset(master);
  }
  ~Terminal() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void await(const std::string& text) {
    while (screen_.find(text) == std::string::npos)
      if (!read_some()) FAIL("the terminal shows " << screen_);
  }
  void type(const std::string& text) const {
    REQUIRE(::write(master_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  bool echoes() const {
    termios settings{};
    REQUIRE(::tcgetattr(master_.get(), &settings) == 0);
    return (settings.c_lflag & static_cast<tcflag_t>(ECHO)) != 0;
  }
  /// As waitpid(2) has it.
  int wait() {
    while (read_some()) {
    }
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return status;
  }
  const std::string& screen() const { return screen_; }

 private:
  bool read_some() {
    char chunk[4096];
    const auto size = ::read(master_.get(), chunk, sizeof chunk);
    if (size <= 0) return false;  // EIO: nobody holds the other end
    screen_.append(chunk, static_cast<std::size_t>(size));
    return true;
  }

  pid_t pid_ = -1;
  UniqueFd master_;
  std::string screen_;
};

constexpr char kHostile[] = "\x1b]52;c;ZXZpbA==\x07\x1b]0;t\x07safe\rhide\xe2\x80\xae\n";
constexpr char kShown[] = "\\x1b]52;c;ZXZpbA==\\x07\\x1b]0;t\\x07safe\\rhide\\u202e\r\n";

/// A program that writes kHostile to both outputs, and whose compiler does.
ScriptedAnswer hostile(const ScriptedRequest& request) {
  constexpr char kId[] = "01a1fca6-dc60-7000-84fb-17ee43d4ec3c";
  if (request.method == "POST")
    return http_answer(202, R"({"execution_id":")" + std::string(kId) + R"("})");
  const auto bytes = base64_encode(kHostile);
  const auto object =
      R"({"execution_id":")" + std::string(kId) +
      R"(","status":"COMPLETED","exit_code":0,"stdout":")" + bytes + R"(","stderr":")" + bytes +
      R"(","compile":{"status":"COMPLETED","stdout":"","stderr":")" + bytes + "\"}}";
  if (request.target.find("/events") == std::string::npos) return http_answer(200, object);
  // A character of two pieces.
  const auto event = [](int id, const std::string& name, const std::string& data) {
    return "id: " + std::to_string(id) + "\nevent: " + name + "\ndata: " + data + "\n\n";
  };
  const std::string text = kHostile;
  const auto half = text.size() - 3;
  const auto piece = [&](const std::string& part) {
    return R"({"data":")" + base64_encode(part) + "\"}";
  };
  return "HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\n\r\n" +
         event(1, "stdout", piece(text.substr(0, half))) +
         event(2, "stdout", piece(text.substr(half))) + event(3, "end", object);
}

std::size_t count_of(const std::string& part, const std::string& text) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

ScriptedAnswer accounts(const ScriptedRequest& request) {
  if (request.target == "/api/v1/auth/token")
    return http_answer(200, R"({"access_token":"token","token_type":"bearer"})");
  return http_answer(201,
                     R"({"id":"01a1fca6-dc60-7000-84fb-17ee43d4ec3c","name":"x","key":"ry_made"})");
}

}  // namespace

TEST_CASE("cli: a password is asked for without showing it, and not kept") {
  const TempDir home;
  const ScriptedServer server(accounts);
  Terminal terminal(server.url(), home.path().string(), {"login"});
  terminal.await("User: ");
  terminal.type("anna\n");
  terminal.await("Password: ");
  terminal.type("correct horse\n");
  const int status = terminal.wait();
  INFO(terminal.screen());
  CHECK(WEXITSTATUS(status) == 0);
  CHECK_THAT(terminal.screen(), contains("anna") && contains("Signed in as anna"));
  CHECK(terminal.screen().find("horse") == std::string::npos);
  const auto requests = server.requests();
  REQUIRE(requests.size() == 2);
  CHECK(text_at(json::parse(requests[0].body), "password") == "correct horse");
  CHECK(requests[1].headers.at("authorization") == "Bearer token");
  const auto kept = home.read(".config/runyard/cli.conf");
  CHECK_THAT(kept, contains("key = ry_made\n"));
  CHECK(kept.find("horse") == std::string::npos);
}

TEST_CASE("cli: Ctrl-C at the question for the password gives the terminal its echo back") {
  const TempDir home;
  const ScriptedServer server(accounts);
  Terminal terminal(server.url(), home.path().string(), {"login", "--user", "anna"});
  terminal.await("Password: ");
  CHECK_FALSE(terminal.echoes());
  terminal.type("\x03");
  const int status = terminal.wait();
  CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGINT));
  CHECK(terminal.echoes());
  CHECK(server.requests().empty());
}

TEST_CASE("cli: a program gets no input from a terminal unless that is asked for") {
  const TempDir home;
  home.write("a.py", "print(1)");
  const ScriptedServer server([](const ScriptedRequest&) {
    return http_answer(202, R"({"execution_id":"01a1fca6-dc60-7000-84fb-17ee43d4ec3c"})");
  });
  const auto program = (home.path() / "a.py").string();
  Terminal silent(server.url(), home.path().string(),
                  {"run", program, "--language", "python", "--detach"});
  CHECK(WEXITSTATUS(silent.wait()) == 0);
  Terminal asked(server.url(), home.path().string(),
                 {"run", program, "--language", "python", "--detach", "--stdin", "-"});
  asked.type("typed\n\x04");  // a line and Ctrl-D
  CHECK(WEXITSTATUS(asked.wait()) == 0);
  const auto requests = server.requests();
  REQUIRE(requests.size() == 2);
  CHECK(json::parse(requests[0].body).find("stdin") == nullptr);
  CHECK(text_at(json::parse(requests[1].body), "stdin") == "typed\n");
}

TEST_CASE("cli: nothing that a program or its compiler writes does something to a terminal") {
  const TempDir home;
  home.write("a.py", "print(1)");
  const auto program = (home.path() / "a.py").string();
  const ScriptedServer server(hostile);
  Terminal terminal(server.url(), home.path().string(), {"run", program, "--language", "python"});
  CHECK(WEXITSTATUS(terminal.wait()) == 0);
  INFO(terminal.screen());
  CHECK(count_of(kShown, terminal.screen()) == 3);  // both outputs and the compiler's
  CHECK(terminal.screen().find('\x1b') == std::string::npos);
  CHECK(count_of("--escapes pass", terminal.screen()) == 1);

  Terminal trusting(server.url(), home.path().string(),
                    {"run", program, "--language", "python", "--escapes", "pass"});
  CHECK(WEXITSTATUS(trusting.wait()) == 0);
  CHECK(count_of("\x1b]52;c;ZXZpbA==\x07", trusting.screen()) == 3);
  CHECK(count_of("\\x1b", trusting.screen()) == 0);
}

TEST_CASE("cli: a file gets every byte while what the terminal gets is shown") {
  const TempDir home;
  home.write("a.py", "print(1)");
  const auto program = (home.path() / "a.py").string();
  const ScriptedServer server(hostile);
  Terminal terminal(server.url(), home.path().string(), {"run", program, "--language", "python"},
                    (home.path() / "out").string());
  CHECK(WEXITSTATUS(terminal.wait()) == 0);
  INFO(terminal.screen());
  CHECK(home.read("out") == kHostile);
  CHECK(count_of(kShown, terminal.screen()) == 2);
  CHECK(terminal.screen().find('\x1b') == std::string::npos);
}

TEST_CASE("cli: JSON on a terminal is the same JSON, and nothing else to the terminal") {
  const TempDir home;
  const ScriptedServer server([](const ScriptedRequest&) {
    return http_answer(200, "{\"languages\":[\"\xc2\x9b\xe2\x80\xae\"]}");
  });
  Terminal terminal(server.url(), home.path().string(), {"languages", "--json"});
  CHECK(WEXITSTATUS(terminal.wait()) == 0);
  CHECK_THAT(terminal.screen(), contains(R"(["\u009b\u202e"])"));
}
