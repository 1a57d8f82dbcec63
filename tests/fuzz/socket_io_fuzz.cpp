// What a client sends over polling and over a WebSocket, which the gateway takes for hostile: both
// of a session's transports, in any order, down to the events of the interactive client. Nothing
// may come of any bytes but messages, or the session's end; what waits stays bounded.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "gateway/engine_session.hpp"
#include "gateway/interactive_client.hpp"

using namespace runyard;
using namespace runyard::gateway;

namespace {

void check(bool truth) {
  if (!truth) std::abort();
}

/// Takes everything, and starts at once.
class FuzzRun final : public LiveRun {
 public:
  explicit FuzzRun(std::string id) : id_(std::move(id)) {}
  void submit(std::string, LiveMode, bool) override {}
  void attach(std::string, std::int64_t) override {}
  void events_written() override {}
  void input(LiveInputKind, std::string data, std::function<void(InputOutcome)>) override {
    check(!data.empty() && data.back() == '\n');
  }
  void leave() override {}
  const std::string& execution_id() const override { return id_; }
  bool running() const override { return true; }

 private:
  const std::string id_;
};

class FuzzLink final : public engine_io::Link {
 public:
  void write(const engine_io::Packet&) override {
    check(!writing);
    writing = true;
  }
  void close() override { closed = true; }
  bool writing = false;
  bool closed = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  engine_io::Session session("sid", {}, [] { return engine_io::Session::Clock::time_point{}; });
  InteractiveClient::Carrier carrier;
  carrier.send = [&](std::string packet) { session.send(engine_io::message(std::move(packet))); };
  carrier.is_full = [&] { return session.is_full(); };
  carrier.close = [&](std::string_view reason) { session.close(reason); };
  std::weak_ptr<LiveRunListener> started;
  carrier.make_run = [&](const Caller&, std::weak_ptr<LiveRunListener> listener) {
    started = std::move(listener);
    return std::make_shared<FuzzRun>("x");
  };
  auto client = std::make_shared<InteractiveClient>(std::move(carrier), Caller{});
  session.listen(
      {[&](const engine_io::Packet& packet) { client->message(packet.data, packet.binary); },
       [&] { client->drained(); }, [&](std::string_view) { client->left(); }});
  FuzzLink link;
  // A step is what is done, and what is sent up to the next 0xff.
  while (!bytes.empty()) {
    const char step = bytes.front();
    bytes.remove_prefix(1);
    const auto end = std::min(bytes.find('\xff'), bytes.size());
    const auto sent = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (step == 'p') session.post(sent);
    if (step == 'g')
      session.poll([](const engine_io::PollAnswer& answer) {
        check(answer.status == 200 || answer.status == 400);
      });
    // As with a new connection.
    if (step == 'o' && session.offer(link)) link.writing = false;
    if (step == 't' || step == 'b') session.received(link, sent, step == 'b');
    if (step == 'w' && link.writing) {
      link.writing = false;
      session.written(link);
    }
    if (step == 's')
      if (const auto run = started.lock()) run->on_started("x");
    check(session.waiting_bytes() <= engine_io::Session::kMaxWaitingBytes);
  }
  session.close("end");
  return 0;
}
