#pragma once
// Server-Sent Events, https://html.spec.whatwg.org/multipage/server-sent-events.html section 9.2.6.
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace runyard::cli {

struct SseEvent {
  std::string name;  ///< "message" where the stream names none
  std::string data;  ///< lines of several `data` fields with line feeds between
  std::string id;    ///< the last one that the stream has given so far; may be empty
};

/// Takes a stream in pieces of any size and gives its events as soon as they are whole. An event
/// that the stream's end cuts off is not one.
class SseParser final {
 public:
  using Sink = std::function<void(const SseEvent&)>;

  /// Longest line, and longest `data` of one event, in bytes: an end event holds two outputs of
  /// at most a mebibyte each in base64, tests' outputs and artifacts.
  static constexpr std::size_t kMaxBytes = std::size_t{256} * 1024 * 1024;

  explicit SseParser(Sink sink, std::size_t max_bytes = kMaxBytes)
      : sink_(std::move(sink)), max_bytes_(max_bytes) {}

  /// Throws std::length_error beyond `max_bytes`, and what the sink throws.
  void feed(std::string_view bytes);
  /// Forgets the piece of an event of a broken connection; what comes next is another stream's
  /// beginning. The last id is kept.
  void restart();
  /// Of the last event that was whole.
  const std::string& last_id() const { return id_; }

 private:
  void end_line();
  void field(std::string_view name, std::string_view value);
  void dispatch();

  Sink sink_;
  std::size_t max_bytes_;
  std::string line_;
  std::string name_;
  std::string data_;
  std::string next_id_;  // of the event that is being read: known when that is whole
  std::string id_;
  bool has_data_ = false;
  bool after_return_ = false;  // a line feed now belongs to the line end before it
  bool at_start_ = true;       // where a byte order mark may stand
};

}  // namespace runyard::cli
