// Runs commands with nothing around them: the baseline that the sandbox is held against. Started
// inside of a language's image by the bench, it reads orders from stdin and answers each `run` with
// one line.
//   file NAME SIZE\n<bytes>       a file that every following run finds in its folder
//   expect SIZE\n<bytes>          what all steps of a run print together
//   run PARALLEL RUNS STEPS\n     then for each step: `step STDIN ARGC\n` and ARGC times
//   `SIZE\n<bytes>`
// Answer: `ok WALL_US CPU_US US...\n` (all runs; CPU of all processes; each run) or `error TEXT\n`.
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <string>
#include <vector>

namespace {

struct Step {
  std::string input = "/dev/null";
  std::vector<std::string> argv;
};

struct Order {
  int parallel = 1;
  int runs = 1;
  std::vector<Step> steps;
};

[[noreturn]] void die(const std::string& why) {
  std::printf("error %s\n", why.c_str());
  std::fflush(stdout);
  _exit(1);
}

double now_us() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

double children_cpu_us() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

std::string read_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  if (size > 0 && std::fread(bytes.data(), 1, size, stdin) != size) die("the order is cut short");
  return bytes;
}

std::string read_sized() {
  std::size_t size = 0;
  if (std::scanf("%zu", &size) != 1 || std::getchar() != '\n') die("a size is missing");
  return read_bytes(size);
}

Order read_order() {
  Order order;
  int steps = 0;
  if (std::scanf("%d %d %d", &order.parallel, &order.runs, &steps) != 3) die("bad run");
  for (int i = 0; i < steps; ++i) {
    char input[256];
    int count = 0;
    if (std::scanf(" step %255s %d", input, &count) != 2) die("bad step");
    Step step;
    step.input = input;
    for (int k = 0; k < count; ++k) step.argv.push_back(read_sized());
    order.steps.push_back(step);
  }
  return order;
}

/// One command: its stdout is appended to `output`. False when it failed.
bool run_step(const Step& step, std::string& output) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, step.input.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  std::vector<char*> argv;
  for (const auto& argument : step.argv) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int failed = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (failed != 0) {
    close(ends[0]);
    return false;
  }
  char buffer[65536];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;)
    output.append(buffer, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// The share of one of the parallel loops, in a folder of its own. Times go to shared memory.
void run_share(const Order& order, int share, const std::map<std::string, std::string>& files,
               const std::string& expected, double* times) {
  const std::string folder = "/box/" + std::to_string(share);
  mkdir(folder.c_str(), 0777);
  if (chdir(folder.c_str()) != 0) _exit(2);
  for (const auto& [name, bytes] : files) {
    std::FILE* file = std::fopen(name.c_str(), "w");
    if (!file || std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size()) _exit(2);
    std::fclose(file);
  }
  for (int i = share; i < order.runs; i += order.parallel) {
    std::string output;
    const double begun = now_us();
    for (const auto& step : order.steps)
      if (!run_step(step, output)) _exit(3);
    times[i] = now_us() - begun;
    if (output != expected) _exit(4);
  }
  _exit(0);
}

void obey(const Order& order, const std::map<std::string, std::string>& files,
          const std::string& expected) {
  const auto bytes = sizeof(double) * static_cast<std::size_t>(order.runs);
  auto* times = static_cast<double*>(
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  if (times == MAP_FAILED) die("no memory for the times");
  std::fflush(stdout);
  const double cpu = children_cpu_us();
  const double begun = now_us();
  for (int share = 0; share < order.parallel; ++share)
    if (fork() == 0) run_share(order, share, files, expected, times);
  const char* const kWhy[] = {"", "died", "cannot write its files", "a command failed",
                              "a command printed something else"};
  std::string error;
  for (int share = 0; share < order.parallel; ++share) {
    int status = 0;
    wait(&status);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    if (code != 0) error = kWhy[code <= 4 ? code : 1];
  }
  const double wall = now_us() - begun;
  if (!error.empty()) {
    std::printf("error %s\n", error.c_str());
  } else {
    std::printf("ok %.0f %.0f", wall, children_cpu_us() - cpu);
    for (int i = 0; i < order.runs; ++i) std::printf(" %.1f", times[i]);
    std::printf("\n");
  }
  std::fflush(stdout);
  munmap(times, bytes);
}

}  // namespace

int main() {
  std::map<std::string, std::string> files;
  std::string expected;
  char word[16];
  while (std::scanf(" %15s", word) == 1) {
    if (std::strcmp(word, "file") == 0) {
      char name[128];
      if (std::scanf(" %127s", name) != 1) die("a file has no name");
      files[name] = read_sized();
    } else if (std::strcmp(word, "expect") == 0) {
      expected = read_sized();
    } else if (std::strcmp(word, "run") == 0) {
      obey(read_order(), files, expected);
    } else {
      die("unknown order");
    }
  }
  return 0;
}
