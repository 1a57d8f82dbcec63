#include "tests/fake-docker/fake_agent.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <deque>
#include <stdexcept>
#include <thread>
#include <vector>

#include "agent/protocol.hpp"
#include "core/json.hpp"
#include "core/stored_json.hpp"

namespace runyard::test {
namespace {

using protocol::FrameType;
using protocol::Limit;

/// The worker's end is closed.
class InputEnded : public std::runtime_error {
 public:
  InputEnded() : runtime_error("the input has ended") {}
};

struct StoredFrame {
  FrameType type{};
  std::uint8_t flags = 0;
  std::uint32_t job = 0;
  std::string payload;
};

class FakeAgent final {
 public:
  explicit FakeAgent(const AgentManners& manners) : manners_(manners) {}

  int run() {
    if (manners_.garbage) write_all("This is no frame, and it is longer than a header.\n");
    greet();
    if (manners_.dies_when_ready) return 137;
    for (;;) run_job();
  }

 private:
  void greet() {
    const auto hello = next();
    std::string nonce = hello.payload.substr(0, protocol::kNonceSize);
    if (manners_.refuses) return send(FrameType::kRefused, "a capability is missing");
    if (manners_.wrong_nonce) nonce[0] = nonce[0] == 'x' ? 'y' : 'x';
    protocol::detail::put(nonce, protocol::kVersion + (manners_.old_version ? 1U : 0U));
    send(FrameType::kReady, nonce);
  }

  void run_job() {
    auto frame = next();
    std::string text = frame.payload;
    job_ = frame.job;
    while ((frame.flags & protocol::kMore) != 0) {
      frame = next();
      text += frame.payload;
    }
    const auto job = json::parse(text);
    const auto& steps = stored::array(job, "steps");
    std::size_t blob_bytes = 0;
    std::size_t file_bytes = 0;
    for (const auto& file : stored::array(job, "files"))
      file_bytes += static_cast<std::size_t>(stored::integer(file, "size"));
    blob_bytes = file_bytes;
    for (const auto& step : steps)
      blob_bytes += static_cast<std::size_t>(stored::integer(step, "stdin_size"));
    std::string blob;
    while (blob.size() < blob_bytes) blob += next().payload;
    const auto* live = job.find("live");
    live_ = live != nullptr && live->boolean() != nullptr && *live->boolean();
    std::size_t at = file_bytes;
    taint_.clear();
    proof_ = true;
    for (step_ = 0; step_ < steps.size(); ++step_) {
      const auto stdin_bytes =
          static_cast<std::size_t>(stored::integer(steps[step_], "stdin_size"));
      if (!run_step(steps[step_], blob.substr(at, stdin_bytes))) break;
      at += stdin_bytes;
    }
    step_ = 0;
    if (!proof_) return;
    if (taint_.empty())
      send(FrameType::kClean, std::string(4, '\0'));
    else
      send(FrameType::kTainted, taint_);
  }

  /// False: the job is over.
  bool run_step(const json::Value& step, const std::string& input) {
    const auto argv = stored::texts(step, "argv");
    const auto& what = argv.at(0);
    std::string words;
    for (std::size_t i = 1; i < argv.size(); ++i) words += (i > 1 ? " " : "") + argv[i];
    if (live_) send(FrameType::kStepStarted, "");
    protocol::StepEnded ended;
    ended.exit_code = 0;
    ended.wall_us = 2000;
    ended.cpu_us = 1000;
    ended.peak_bytes = 3u << 20;
    if (what == "say" || what == "leave") send_in_parts(FrameType::kStdout, words + "\n");
    if (what == "cat") send_in_parts(FrameType::kStdout, input);
    if (what == "alternate") {  // each word of another stream
      for (std::size_t i = 1; i < argv.size(); ++i)
        send_in_parts(i % 2 == 1 ? FrameType::kStdout : FrameType::kStderr, argv[i]);
    }
    if (what == "complain") send_in_parts(FrameType::kStderr, words + "\n");
    if (what == "fail") ended.exit_code = std::stoi(words);
    if (what == "signal" || what == "limit" || what == "hang") ended.exit_code = -1;
    if (what == "signal") ended.signal = std::stoi(words);
    if (what == "limit") ended.limit = static_cast<Limit>(std::stoi(words));
    if (what == "sleep") std::this_thread::sleep_for(std::chrono::milliseconds(std::stoi(words)));
    if (what == "hang") {
      while (next().type != FrameType::kCancel) {
      }
      ended.limit = Limit::kCancelled;
    }
    if (what == "echo") echo(ended);
    if (what == "taint" || what == "leave") taint_ = "as asked";
    if (what == "no-room") {
      ended.exit_code = -1;
      ended.limit = Limit::kDisk;
      ended.error_number = ENOSPC;
    }
    if (what == "no-proof") proof_ = false;
    if (misbehave(what, step)) return false;
    if (ended.limit != Limit::kNone) taint_ = "a limit was hit";
    send(FrameType::kStepEnded, protocol::encode(ended));
    if (what == "make") {
      std::string header;
      protocol::detail::put(header, static_cast<std::uint64_t>(argv.at(2).size()));
      protocol::detail::put(header, std::uint32_t{0755});
      send(FrameType::kArtifact, header + argv.at(1));
      if (!argv.at(2).empty()) send(FrameType::kArtifactData, argv.at(2));
    }
    if (what == "keep-back") {  // name, reason, size
      std::string header;
      protocol::detail::put(header, static_cast<std::uint64_t>(std::stoll(argv.at(3))));
      protocol::detail::put(
          header, protocol::kNotSent | static_cast<std::uint32_t>(std::stoul(argv.at(2))));
      send(FrameType::kArtifact, header + argv.at(1));
    }
    const bool good = ended.exit_code == 0 && ended.limit == Limit::kNone;
    if (stored::text(step, "kind") == "compile" && !good) return false;
    return ended.limit != Limit::kCancelled && what != "leave" && what != "no-room";
  }

  /// Gives back what is typed until its end, and tells what else comes.
  void echo(protocol::StepEnded& ended) {
    std::uint64_t taken = 0;
    send(FrameType::kStdout, "ready\n");
    for (;;) {
      const auto frame = next();
      std::string_view payload = frame.payload;
      if (frame.type == FrameType::kStdinEof) return;
      if (frame.type == FrameType::kStdin) {
        taken += frame.payload.size();
        std::string told;
        protocol::detail::put(told, taken);
        send(FrameType::kStdinTaken, told);
        send(FrameType::kStdout, frame.payload);
      } else if (frame.type == FrameType::kSignal) {
        const auto number = protocol::detail::get<std::uint8_t>(payload);
        send(FrameType::kStderr, "signal " + std::to_string(number) + "\n");
      } else if (frame.type == FrameType::kResize) {
        const auto cols = protocol::detail::get<std::uint16_t>(payload);
        const auto rows = protocol::detail::get<std::uint16_t>(payload);
        send(FrameType::kStderr,
             "size " + std::to_string(cols) + "x" + std::to_string(rows) + "\n");
      } else if (frame.type == FrameType::kCancel) {
        ended.exit_code = -1;
        ended.limit = Limit::kCancelled;
        return;
      }
    }
  }

  /// True: nothing that follows would be believed.
  bool misbehave(const std::string& what, const json::Value& step) {
    if (what == "vanish") {
      send(FrameType::kStdout, "half a li");
      ::_exit(137);
    }
    if (what == "vanish-silent") ::_exit(137);
    if (what == "vanish-typed") {
      while (next().type != FrameType::kStdin) {
      }
      ::_exit(137);
    }
    if (what == "garbage") {
      write_all(std::string(64, '\xff'));
    } else if (what == "flood") {
      const auto limit = static_cast<std::size_t>(stored::integer(step, "output_bytes"));
      send_in_parts(FrameType::kStdout, std::string(limit + 1, 'y'));
    } else if (what == "take-all") {
      std::string told;
      protocol::detail::put(told, ~std::uint64_t{0});
      send(FrameType::kStdinTaken, told);
    } else if (what == "other-job") {
      ++job_;
      send(FrameType::kStdout, "for somebody else");
    } else if (what == "other-step") {
      ++step_;
      send(FrameType::kStdout, "of a later step");
    } else if (what == "no-steps") {
      return true;
    } else if (what == "chatter") {
      protocol::StepEnded ended;
      ended.exit_code = 0;
      std::string out;  // in one piece, so that they are read together
      protocol::append_frame(out, FrameType::kStepEnded, job_, protocol::encode(ended));
      protocol::append_frame(out, FrameType::kClean, job_, std::string(4, '\0'));
      protocol::append_frame(out, FrameType::kStdout, job_, "one more thing");
      write_all(out);
    } else {
      return false;
    }
    proof_ = false;
    return true;
  }

  void send(FrameType type, const std::string& payload) {
    std::string out;
    protocol::append_frame(out, type, job_, payload, static_cast<std::uint16_t>(step_));
    write_all(out);
  }
  void send_in_parts(FrameType type, const std::string& bytes) {
    if (bytes.empty()) return;
    std::string out;
    protocol::append_frames(out, type, job_, bytes, static_cast<std::uint16_t>(step_));
    write_all(out);
  }
  static void write_all(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
      if (sent <= 0) throw InputEnded();
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  StoredFrame next() {
    char buffer[65536];
    while (frames_.empty()) {
      const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
      if (got <= 0) throw InputEnded();
      parser_.feed({buffer, static_cast<std::size_t>(got)}, [&](const protocol::Frame& frame) {
        frames_.push_back({frame.type, frame.flags, frame.job, std::string(frame.payload)});
      });
    }
    auto frame = std::move(frames_.front());
    frames_.pop_front();
    return frame;
  }

  const AgentManners manners_;
  protocol::FrameParser parser_;
  std::deque<StoredFrame> frames_;
  std::uint32_t job_ = 0;
  std::size_t step_ = 0;
  bool live_ = false;
  std::string taint_;
  bool proof_ = true;
};

}  // namespace

int serve(const AgentManners& manners) {
  try {
    return FakeAgent(manners).run();
  } catch (const InputEnded&) {
  }
  while (manners.lingers) ::pause();
  return 0;
}

}  // namespace runyard::test
