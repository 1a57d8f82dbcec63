// The docker client of tests/support/fake_docker.hpp. The folder DOCKER_CONFIG, which is all that a
// worker's docker calls have in their environment, says how to behave:
//   run      one word a line, a line for each coming `run`; the last line counts for all that
//   follow:
//            good exit125 mute refuse wrong-nonce old-version garbage dies lingers
//   listed   output of `ps`
//   images   output of `image ls`
//   volumes  output of `image inspect`
//   foreign  the same when it is asked for an id as well; without it there is no such image
//   broken   when it is there, everything but `run` fails; "hang" in it: does not answer
// and gets what was asked: each call is a line of `calls`.
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "core/unique_fd.hpp"
#include "tests/fake-docker/fake_agent.hpp"

namespace {

using namespace runyard;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The first line of `run`, which is taken away unless it is the last.
std::string next_behaviour(const std::filesystem::path& folder) {
  const auto path = folder / "run";
  const UniqueFd lock(::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  ::flock(lock.get(), LOCK_EX);
  const auto text = read_file(path);
  const auto end = text.find('\n');
  if (end == std::string::npos) return text.empty() ? "good" : text;
  std::ofstream(path) << text.substr(end + 1);
  return text.substr(0, end);
}

void log_call(const std::filesystem::path& folder, int argc, char** argv) {
  std::string line;
  for (int i = 1; i < argc; ++i) line += std::string(i > 1 ? " " : "") + argv[i];
  line += '\n';
  const UniqueFd log(
      ::open((folder / "calls").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (::write(log.get(), line.data(), line.size()) < 0) std::exit(1);
}

int run(const std::string& behaviour) {
  if (behaviour == "exit125") {
    std::cerr << "docker: Error response from daemon: no such image.\n";
    return 125;
  }
  if (behaviour == "mute") {
    ::signal(SIGTERM, SIG_IGN);
    for (;;) ::pause();
  }
  test::AgentManners manners;
  manners.refuses = behaviour == "refuse";
  manners.wrong_nonce = behaviour == "wrong-nonce";
  manners.old_version = behaviour == "old-version";
  manners.garbage = behaviour == "garbage";
  manners.dies_when_ready = behaviour == "dies";
  manners.lingers = behaviour == "lingers";
  return test::serve(manners);
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  const char* config = std::getenv("DOCKER_CONFIG");
  if (!config || argc < 2) return 64;
  const std::filesystem::path folder = config;
  log_call(folder, argc, argv);
  const std::string command = argv[1];
  if (command == "run") return run(next_behaviour(folder));
  if (std::filesystem::exists(folder / "broken")) {
    while (read_file(folder / "broken") == "hang") ::pause();
    std::cerr << "Cannot connect to the Docker daemon\n";
    return 1;
  }
  if (command == "ps") std::cout << read_file(folder / "listed");
  const std::string second = argc > 2 ? argv[2] : "";
  if (command == "image" && second == "ls") std::cout << read_file(folder / "images");
  if (command == "image" && second == "inspect" && std::string(argv[4]).rfind("{{.Id}}", 0) == 0) {
    const auto foreign = read_file(folder / "foreign");
    if (foreign.empty()) std::cerr << "Error: No such image: " << argv[argc - 1] << "\n";
    std::cout << foreign;
    return foreign.empty() ? 1 : 0;
  }
  if (command == "image" && second == "inspect") {
    const auto volumes = read_file(folder / "volumes");
    std::cout << (volumes.empty() ? "null" : volumes) << "\n";
  }
  return 0;
}
