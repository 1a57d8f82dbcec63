#include "worker/sandbox.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <iterator>
#include <system_error>
#include <utility>

#include "core/ids.hpp"
#include "core/log.hpp"
#include "worker/worker_metrics.hpp"

namespace runyard {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using protocol::Frame;
using protocol::FrameType;
using protocol::ProtocolError;

constexpr std::size_t kMaxErrors = 2000;
// For what the agent does around the steps: files, artifacts, the way through dockerd on a busy
// host.
constexpr auto kGrace = 10s;
// The proof that a sandbox is clean takes 0.3 to 3 ms; one that takes this long is not worth
// waiting for.
constexpr auto kCleanDeadline = 2s;

void set_nonblocking(int fd) { ::fcntl(fd, F_SETFL, O_NONBLOCK); }

/// Takes a container away by force. Called on the host's thread; an engine that does not answer
/// costs one client for a minute.
void remove_by_force(ProcessHost& host, const SandboxCommands& commands, const std::string& name) {
  const auto command = commands.remove(name);
  if (!command) return;
  try {
    auto client = std::make_shared<Child>(host.spawn(*command));
    client->in.reset();
    host.after(60s, [client] { client->kill(); });
  } catch (const std::system_error& e) {
    // The sweep at the next start removes it.
    log::error("cannot remove a container", {{"sandbox", name}, {"error", e.what()}});
  }
}

}  // namespace

StopSignal::StopSignal() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void StopSignal::raise(int state) {
  int before = state_;
  while (before < state && !state_.compare_exchange_weak(before, state)) {
  }
  ::eventfd_write(event_.get(), 1);
}

void StopSignal::acknowledge() {
  eventfd_t count = 0;
  ::eventfd_read(event_.get(), &count);
}

void StopSignal::cancel() { raise(1); }
void StopSignal::abandon() { raise(2); }

Sandbox::Sandbox(ProcessHost& processes, const SandboxCommands& commands,
                 SandboxClass sandbox_class, std::uint32_t uid_base,
                 std::chrono::milliseconds deadline)
    : processes_(processes),
      commands_(commands),
      class_(std::move(sandbox_class)),
      name_("runyard-" + random_hex(8)),
      started_(Clock::now()) {
  try {
    client_ = processes_.spawn(commands_.start(class_, name_));
  } catch (const std::system_error& e) {
    throw SandboxError(e.what());
  }
  set_nonblocking(client_.in.get());
  set_nonblocking(client_.out.get());
  set_nonblocking(client_.err.get());
  try {
    await_ready(started_ + deadline, uid_base);
  } catch (...) {
    // The destructor does not run for a constructor that throws.
    client_.in.reset();
    client_.kill();
    // Twice: the engine may be about to make it, for a client that is gone.
    for (const auto delay : {0s, 5s})
      processes_.after(delay, [&host = processes_, commands = commands_, name = name_] {
        remove_by_force(host, commands, name);
      });
    throw;
  }
}

Sandbox::~Sandbox() {
  client_.in.reset();
  auto client = std::make_shared<Child>(std::move(client_));
  processes_.after(500ms, [&host = processes_, commands = commands_, name = name_, client] {
    if (client->exited()) return;
    log::warn("sandbox did not end by itself", {{"sandbox", name}});
    client->kill();
    remove_by_force(host, commands, name);
  });
}

void Sandbox::await_ready(Clock::time_point deadline, std::uint32_t uid_base) {
  std::string nonce = random_hex(protocol::kNonceSize / 2);
  std::string hello = nonce;
  protocol::detail::put(hello, uid_base);
  std::string frame;
  protocol::append_frame(frame, FrameType::kHello, 0, hello);
  bool ready = false;
  exchange(
      frame, nullptr, nullptr, deadline,
      [&](const Frame& answer) {
        if (answer.type == FrameType::kRefused)
          throw ProtocolError("the agent refused: " + std::string(answer.payload.substr(0, 200)));
        if (answer.type != FrameType::kReady || ready) throw ProtocolError("no READY");
        auto payload = answer.payload;
        if (payload.substr(0, nonce.size()) != nonce) throw ProtocolError("READY to another HELLO");
        payload.remove_prefix(nonce.size());
        if (protocol::detail::get<std::uint32_t>(payload) != protocol::kVersion)
          throw ProtocolError("the image's agent is of another version: build the images anew");
        ready = true;
      },
      [&] { return ready; });
}

std::vector<StepOutcome> Sandbox::run(const Job& job, StopSignal& stop, const Hooks& hooks) {
  ++job_number_;
  answer_ = std::make_unique<JobAnswer>(job, job_number_);
  const std::string frames = encode_job(job, job_number_);
  std::size_t reported = 0;
  cancel_wanted_ = false;
  // Each step has its own time, and so has what the agent does after it.
  const auto deadline_of = [&](std::size_t step) {
    const auto wall = step < job.steps.size() ? job.steps[step].wall_ms : 0;
    return Clock::now() + std::chrono::milliseconds(wall) + kGrace;
  };
  auto deadline = deadline_of(0);
  exchange(
      frames, &stop, hooks.input, deadline,
      [&](const Frame& frame) {
        answer_->take(frame);
        if (frame.type == FrameType::kStepEnded) deadline = deadline_of(answer_->outcomes().size());
        const bool errors = frame.type == FrameType::kStderr;
        if (hooks.on_output && (errors || frame.type == FrameType::kStdout))
          hooks.on_output(errors, frame.payload);
        if (hooks.input && frame.type == FrameType::kStdinTaken)
          hooks.input->taken(answer_->input_taken());
        if (frame.type != FrameType::kStepEnded || !hooks.on_step) return;
        auto& outcome = answer_->outcomes().back();
        if (!hooks.on_step(reported++, outcome)) cancel_wanted_ = true;
      },
      [&] { return answer_->steps_over(); });
  return std::move(answer_->outcomes());
}

bool Sandbox::finish() {
  try {
    exchange(
        std::exchange(unsent_, {}), nullptr, nullptr, Clock::now() + kCleanDeadline,
        [&](const Frame& frame) { answer_->take(frame); }, [&] { return answer_->over(); });
  } catch (const SandboxError& e) {
    log::warn("sandbox gave no proof", {{"sandbox", name_}, {"error", e.what()}});
    count_taint("no proof");
    return false;
  }
  if (!answer_->clean()) {
    log::info("sandbox is tainted", {{"sandbox", name_}, {"why", answer_->taint()}});
    count_taint(answer_->taint());
  }
  return answer_->clean();
}

bool Sandbox::alive() const {
  if (client_.exited()) return false;
  pollfd fd = {client_.out.get(), POLLIN, 0};
  return ::poll(&fd, 1, 0) == 0;  // readable: an end of file, or words that nobody asked for
}

void Sandbox::put_input(JobInput& input, std::string& frames) {
  input.put_frames(frames, job_number_);
  answer_->sent_input(input.sent());
}

void Sandbox::exchange(std::string_view to_write, StopSignal* stop, JobInput* input,
                       const Clock::time_point& deadline,
                       const std::function<void(const Frame&)>& on_frame,
                       const std::function<bool()>& done) {
  std::string late;  // what follows the job: input, and CANCEL when it is to be sent
  bool cancel_made = false;
  char buffer[protocol::kMaxFrame];
  while (!done()) {
    if (stop && stop->abandoned()) fail("the job was abandoned");
    if (!cancel_made && (cancel_wanted_ || (stop && stop->cancelled()))) {
      cancel_made = true;
      protocol::append_frame(late, FrameType::kCancel, job_number_);
    }
    if (input && !cancel_made && to_write.empty()) put_input(*input, late);
    const std::string_view next = !to_write.empty() ? to_write : std::string_view(late);
    if (!next.empty()) {
      const ssize_t sent = ::write(client_.in.get(), next.data(), next.size());
      if (sent < 0 && errno != EAGAIN && errno != EINTR) fail("its input is closed");
      if (sent > 0) {
        if (!to_write.empty())
          to_write.remove_prefix(static_cast<std::size_t>(sent));
        else
          late.erase(0, static_cast<std::size_t>(sent));
        continue;
      }
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) fail("no answer in time");
    pollfd fds[] = {{client_.out.get(), POLLIN, 0},
                    {client_.err ? client_.err.get() : -1, POLLIN, 0},
                    {stop ? stop->fd() : -1, POLLIN, 0},
                    {next.empty() ? -1 : client_.in.get(), POLLOUT, 0},
                    {input ? input->fd() : -1, POLLIN, 0}};
    if (::poll(fds, std::size(fds), static_cast<int>(left.count()) + 1) < 0 && errno != EINTR)
      fail("poll failed");
    if (fds[1].revents) read_errors();
    if (fds[2].revents) stop->acknowledge();
    if (fds[4].revents) input->acknowledge();
    if (!fds[0].revents) continue;
    const ssize_t got = ::read(client_.out.get(), buffer, sizeof buffer);
    if (got == 0) fail("it ended");
    if (got < 0) continue;
    try {
      parser_.feed({buffer, static_cast<std::size_t>(got)}, on_frame);
    } catch (const ProtocolError& e) {
      fail(e.what());
    }
  }
  if (!to_write.empty()) fail("it answered before it had the whole job");
  // Input for a program that has ended meanwhile; the agent throws it away.
  unsent_ = std::move(late);
}

void Sandbox::read_errors() {
  char buffer[1024];
  const ssize_t got = ::read(client_.err.get(), buffer, sizeof buffer);
  if (got == 0) client_.err.reset();
  if (got <= 0) return;
  errors_.append(buffer, static_cast<std::size_t>(got));
  if (errors_.size() > kMaxErrors) errors_.erase(0, errors_.size() - kMaxErrors);
}

void Sandbox::fail(const std::string& why) {
  if (client_.err) read_errors();
  throw SandboxError("sandbox " + name_ + ": " + why +
                     (errors_.empty() ? "" : " (docker: " + errors_ + ")"));
}

}  // namespace runyard
