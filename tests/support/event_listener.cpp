#include "tests/support/event_listener.hpp"

#include <curl/curl.h>

#include <stdexcept>

namespace runyard::test {

std::vector<ServerEvent> parse_events(const std::string& stream) {
  std::vector<ServerEvent> events;
  for (std::size_t at = 0, end = 0; (end = stream.find("\n\n", at)) != std::string::npos;
       at = end + 2) {
    ServerEvent event;
    const auto block = stream.substr(at, end - at) + "\n";
    const auto field = [&](const std::string& name) {
      const auto begin = block.rfind(name, 0) == 0 ? 0 : block.find("\n" + name);
      if (begin == std::string::npos) return std::string();
      const auto value = block.find(name, begin) + name.size();
      return block.substr(value, block.find('\n', value) - value);
    };
    event.id = field("id: ");
    event.name = field("event: ");
    event.data = field("data: ");
    if (!event.name.empty()) events.push_back(event);
  }
  return events;
}

EventListener::EventListener(std::string url, std::string last_id)
    : url_(std::move(url)), last_id_(std::move(last_id)), curl_(curl_easy_init()) {
  if (!curl_) throw std::runtime_error("curl_easy_init failed");
  thread_ = std::thread([this] { run(); });
}

EventListener::~EventListener() {
  leave_ = true;
  thread_.join();
  curl_easy_cleanup(curl_);
}

std::size_t EventListener::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& listener = *static_cast<EventListener*>(self);
  long status = 0;
  curl_easy_getinfo(listener.curl_, CURLINFO_RESPONSE_CODE, &status);
  listener.status_ = static_cast<int>(status);
  const std::lock_guard lock(listener.mutex_);
  listener.stream_.append(data, size * count);
  return size * count;
}

void EventListener::run() {
  const auto on_progress = [](void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<EventListener*>(self)->leave_ ? 1 : 0;
  };
  int (*progress)(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) = on_progress;
  curl_slist* headers = curl_slist_append(nullptr, "Accept: text/event-stream");
  if (!last_id_.empty())
    headers = curl_slist_append(headers, ("Last-Event-ID: " + last_id_).c_str());
  curl_easy_setopt(curl_, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(curl_, CURLOPT_PROXY, "");
  curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &EventListener::on_body);
  curl_easy_setopt(curl_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(curl_, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl_, CURLOPT_XFERINFOFUNCTION, progress);
  curl_easy_setopt(curl_, CURLOPT_XFERINFODATA, this);
  const auto code = curl_easy_perform(curl_);
  long status = 0;
  curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
  status_ = static_cast<int>(status);
  ended_ = code == CURLE_OK;
  curl_slist_free_all(headers);
}

std::vector<ServerEvent> EventListener::events() const {
  const std::lock_guard lock(mutex_);
  return parse_events(stream_);
}

}  // namespace runyard::test
