#include "fcgi-app/events/stored_events.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core/live_events.hpp"
#include "core/text.hpp"

namespace runyard {
namespace {

/// Numbers events as they are added.
class Events final {
 public:
  explicit Events(int attempt) : attempt_(std::max(1, attempt)) {
    next_ = (attempt_ - 1) * kLiveIdsPerAttempt + kFirstStoredEvent;
  }

  void stage(std::string_view name) { add(LiveEventKind::kStatus, stage_event(name, attempt_)); }

  void test(std::size_t index, const TestResult& test) {
    add(LiveEventKind::kTest, test_event(index, test));
  }

  void output(LiveEventKind kind, std::string_view bytes) {
    while (!bytes.empty()) {
      auto piece = bytes.substr(0, kMaxLivePiece);
      if (piece.size() < bytes.size()) piece.remove_suffix(unfinished_character(piece));
      add(kind, std::string(piece));
      bytes.remove_prefix(piece.size());
    }
  }

  std::vector<LiveEvent> take() { return std::move(events_); }

 private:
  void add(LiveEventKind kind, std::string data) {
    events_.push_back({next_++, kind, std::move(data)});
  }

  const int attempt_;
  std::int64_t next_ = 0;
  std::vector<LiveEvent> events_;
};

/// One of the two outputs, as far as it has come.
struct Stream {
  LiveEventKind kind;
  std::string_view bytes;
  std::size_t arrived = 0;

  /// Adds what is whole of the next `count` bytes and of what an earlier part left.
  void advance(std::size_t count, Events& events) {
    arrived = std::min(bytes.size(), arrived + count);
    const auto whole = arrived - unfinished_character(bytes.substr(0, arrived));
    events.output(kind, bytes.substr(0, whole));
    bytes.remove_prefix(whole);
    arrived -= whole;
  }
};

void add_outputs(const Result& result, Events& events) {
  Stream out{LiveEventKind::kStdout, result.output};
  Stream err{LiveEventKind::kStderr, result.errors};
  for (const int run : result.output_order) {
    if (run > 0)
      out.advance(static_cast<std::size_t>(run), events);
    else
      err.advance(std::size_t{0} - static_cast<std::size_t>(run), events);
  }
  for (const auto* rest : {&out, &err}) events.output(rest->kind, rest->bytes);
}

}  // namespace

std::vector<LiveEvent> stored_events(const Execution& execution) {
  if (!execution.result || execution.attempt == 0) return {};  // no attempt: it never began
  const auto& result = *execution.result;
  Events events(execution.attempt);
  if (result.compile && !result.compile->cached) events.stage("compile");
  const bool compiled = !result.compile || result.compile->status == Status::kCompleted;
  if (compiled && (result.wall_ms || !result.tests.empty())) events.stage("run");
  if (!result.tests.empty())
    for (std::size_t i = 0; i < result.tests.size(); ++i) events.test(i, result.tests[i]);
  else
    add_outputs(result, events);
  return events.take();
}

}  // namespace runyard
