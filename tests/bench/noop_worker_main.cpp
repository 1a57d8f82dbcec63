// runyard-noop-worker: a worker without sandboxes, to measure everything around them. Claims,
// records, heartbeats and listens by the worker's own code; its executor gives back the program's
// text as its output.
//
//   runyard-noop-worker DATABASE SLOTS PREFETCH
//
// Prints a line when it can be woken; drains and ends when its stdin is closed.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "core/ids.hpp"
#include "core/listener.hpp"
#include "core/schema.hpp"
#include "worker/periodic.hpp"
#include "worker/queue_loop.hpp"

namespace {

using namespace runyard;
using namespace std::chrono_literals;

Result echo(const Claim& claim) {
  const auto submission = submission_from_json(claim.request);
  Result result;
  result.status = Status::kCompleted;
  result.output = submission.files.at(0).content;
  result.exit_code = 0;
  result.wall_ms = 0;
  result.cpu_ms = 0;
  result.memory_kb = 0;
  result.sandbox_reused = true;
  result.runtime = "none";
  return result;
}

void wait_for_end_of_input() {
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
}

void serve(const std::string& options, int slots, int prefetch) {
  set_session_defaults(kWorkQueuePlans);
  Database database(options, 5);
  require_schema(database);
  const std::vector<std::string> images = {"python"};
  WorkQueue queue(database, new_uuid7());
  Holdings holdings;
  {
    QueueLoop loop(queue, holdings, {slots, prefetch, 1000ms, 0}, [&] { return images; });
    std::vector<std::thread> threads;
    for (int i = 0; i < slots; ++i)
      threads.emplace_back([&] {
        while (const auto claim = loop.next())
          loop.finished({claim->id, claim->attempt, echo(*claim)});
      });
    {
      const Periodic heartbeat("heartbeat", 5s, [&] {
        WorkerState state;
        state.host = "bench";
        state.slots = slots;
        state.running = loop.busy_slots();
        state.images = images;
        queue.heartbeat(holdings.ids(), state);
      });
      const Periodic rescue("rescue", 5s, [&] { queue.end_lost(); });
      const Listener listener(
          options, {kWorkChannel}, [&](const std::string&, const std::string&) { loop.wake(); },
          [&] {
            loop.reconnected();
            std::puts("ready");
            std::fflush(stdout);
          });
      wait_for_end_of_input();
      loop.drain();
      while (!holdings.empty()) std::this_thread::sleep_for(1ms);
    }
    loop.stop();
    for (auto& thread : threads) thread.join();
  }
  queue.sign_off();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "Usage: runyard-noop-worker DATABASE SLOTS PREFETCH\n");
    return 2;
  }
  try {
    serve(argv[1], std::atoi(argv[2]), std::atoi(argv[3]));
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "runyard-noop-worker: %s\n", e.what());
    return 1;
  }
}
