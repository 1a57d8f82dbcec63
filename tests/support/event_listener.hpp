#pragma once
// A client of Server-Sent Events that reads on a thread of its own.
#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace runyard::test {

struct ServerEvent {
  std::string id;
  std::string name;
  std::string data;
};

/// The whole events of a stream so far; comments and `retry` left out.
std::vector<ServerEvent> parse_events(const std::string& stream);

/// Listens from construction on.
class EventListener final {
 public:
  /// `last_id` is sent as Last-Event-ID unless it is empty.
  explicit EventListener(std::string url, std::string last_id = "");
  /// Leaves.
  ~EventListener();
  EventListener(const EventListener&) = delete;
  EventListener& operator=(const EventListener&) = delete;

  std::vector<ServerEvent> events() const;
  /// Of the answer; 0 as long as there is none.
  int status() const { return status_; }
  /// The server has closed the stream.
  bool ended() const { return ended_; }

 private:
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  void run();

  const std::string url_;
  const std::string last_id_;
  void* curl_;
  std::atomic<bool> leave_{false};
  std::atomic<int> status_{0};
  std::atomic<bool> ended_{false};
  mutable std::mutex mutex_;
  std::string stream_;  // under mutex_
  std::thread thread_;
};

}  // namespace runyard::test
