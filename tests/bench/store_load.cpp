#include "tests/bench/store_load.hpp"

#include <chrono>
#include <exception>
#include <thread>

#include "core/ids.hpp"
#include "tests/bench/machine.hpp"
#include "tests/bench/stack.hpp"

namespace runyard::bench {
namespace {

using namespace std::chrono_literals;

std::string text_for(const std::string& id) { return "echo " + id + "\n"; }

}  // namespace

StoreSide::StoreSide(const std::string& options, int connections)
    : database_(options, connections),
      store_(database_),
      listener_(
          options, {kDoneChannel},
          [this](const std::string&, const std::string& id) {
            const std::lock_guard lock(mutex_);
            const auto found = awaited_.find(id);
            if (found == awaited_.end()) return;
            found->second.told = true;
            if (found->second.sleeper) found->second.sleeper->notify_one();
          },
          [] {}) {
  for (int looks = 0; !listener_.connected(); ++looks) {
    if (looks > 1000) throw Failure("no connection to " + options);
    std::this_thread::sleep_for(10ms);
  }
}

std::string StoreSide::submit(const std::string& owner) {
  NewExecution execution;
  execution.id = new_uuid7();
  execution.owner = owner;
  execution.image = "python";
  execution.watched = true;
  auto& submission = execution.submission;
  submission.language = "python";
  submission.version = "3.13";
  submission.files = {{"main.py", text_for(execution.id)}};
  submission.entry = "main.py";
  {
    const std::lock_guard lock(mutex_);
    awaited_[execution.id];
  }
  if (!std::holds_alternative<Submitted>(store_.submit(execution)))
    throw Failure("a submission was refused");
  return execution.id;
}

void StoreSide::wait_and_check(const std::string& id, const std::string& owner) {
  std::condition_variable woken;
  for (int looks = 0; looks < 120; ++looks) {
    {
      std::unique_lock lock(mutex_);
      auto& awaited = awaited_.at(id);
      awaited.sleeper = &woken;
      // A look by itself now and then, as the API does: a notification is only a hint.
      woken.wait_for(lock, 1s, [&] { return awaited.told; });
      awaited.sleeper = nullptr;
    }
    const auto execution = store_.find(id, owner);
    if (!execution) throw Failure("wrong answer: an execution is gone");
    if (!execution->result) continue;
    if (execution->status != Status::kCompleted || execution->result->output != text_for(id))
      throw Failure("wrong answer: " + id + " ended as " +
                    std::string(to_string(execution->status)) + " with the output '" +
                    execution->result->output + "'");
    const std::lock_guard lock(mutex_);
    awaited_.erase(id);
    return;
  }
  throw Failure("an execution was not run within two minutes");
}

Owners::Owners(StoreSide& side, std::string name, int owners, int window)
    : side_(side), window_(static_cast<std::size_t>(window)) {
  for (int i = 0; i < owners; ++i)
    owners_.push_back({"bench:" + name + "-" + std::to_string(i), {}, 0});
}

void Owners::in_threads(const std::function<void(Owner&)>& work) {
  std::mutex mutex;
  std::exception_ptr error;
  std::vector<std::thread> threads;
  for (auto& owner : owners_)
    threads.emplace_back([&] {
      try {
        work(owner);
      } catch (...) {
        const std::lock_guard lock(mutex);
        error = std::current_exception();
      }
    });
  for (auto& thread : threads) thread.join();
  if (error) std::rethrow_exception(error);
}

void Owners::fill() {
  in_threads([&](Owner& owner) {
    while (owner.queued.size() - owner.first + 1 < window_)
      owner.queued.emplace_back(side_.submit(owner.name), now_s());
  });
}

Lives Owners::live(double seconds, double pause_s) {
  Lives lives;
  std::mutex mutex;
  const double begun = now_s();
  in_threads([&](Owner& owner) {
    std::vector<double> ms, ended_s;
    while (now_s() - begun < seconds) {
      // One of the window is submitted here, so that a window of 1 waits for it alone.
      const double submitted = now_s();
      owner.queued.emplace_back(side_.submit(owner.name), submitted);
      const auto [id, since] = owner.queued[owner.first++];
      side_.wait_and_check(id, owner.name);
      const double ended = now_s();
      ms.push_back((ended - since) * 1e3);
      ended_s.push_back(ended - begun);
      if (pause_s > 0) std::this_thread::sleep_for(std::chrono::duration<double>(pause_s));
    }
    const std::lock_guard lock(mutex);
    lives.ms.insert(lives.ms.end(), ms.begin(), ms.end());
    lives.ended_s.insert(lives.ended_s.end(), ended_s.begin(), ended_s.end());
  });
  lives.wall_s = now_s() - begun;
  return lives;
}

void Owners::drain() {
  in_threads([&](Owner& owner) {
    while (owner.first < owner.queued.size())
      side_.wait_and_check(owner.queued[owner.first++].first, owner.name);
  });
}

}  // namespace runyard::bench
