#include "tests/support/chaos_live.hpp"

#include <chrono>
#include <stdexcept>

#include "core/ids.hpp"
#include "core/json.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/live_client.hpp"

namespace runyard::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Longer than a run goes on that nobody ends, so that whoever comes back to one sees its end.
constexpr auto kPatience = 120s;

/// Slow enough to be interrupted. What a crash of the database takes away ends it after a minute.
std::string run_message(const std::string& nonce, bool detached) {
  json::Writer writer;
  writer.begin_object().member("type", "run").member("language", "python");
  writer.member("code", "import time\nprint('" + nonce +
                            "', flush=True)\nline = input()\ntime.sleep(0.3)\nprint(line)\n");
  writer.member("detach", detached);
  writer.key("limits").begin_object().member("wall_ms", 60'000).end_object();
  return writer.end_object().text();
}

std::string attach_message(const LiveTalk& talk) {
  json::Writer writer;
  writer.begin_object().member("type", "attach").member("execution_id", talk.id);
  return writer.member("from", talk.last).end_object().text();
}

std::string stdin_message(const std::string& line) {
  json::Writer writer;
  writer.begin_object().member("type", "stdin").member("data", line);
  return writer.end_object().text();
}

std::int64_t number_at(const json::Value& object, const std::string& name) {
  const auto* value = object.find(name);
  const auto* number = value ? value->integer() : nullptr;
  return number ? *number : 0;
}

}  // namespace

LiveLoad::LiveLoad(std::string gateway, int owners) : gateway_(std::move(gateway)) {
  for (int i = 0; i < owners; ++i) threads_.emplace_back([this, i] { be_owner(i); });
}

LiveLoad::~LiveLoad() { stop(); }

void LiveLoad::stop() {
  stop_ = true;
  for (auto& thread : threads_)
    if (thread.joinable()) thread.join();
}

std::vector<LiveTalk> LiveLoad::talks() const {
  const std::lock_guard lock(mutex_);
  return talks_;
}

void LiveLoad::be_owner(int number) {
  const auto owner = "192.0.2." + std::to_string(101 + number);
  for (int turn = number; !stop_; ++turn) {
    LiveTalk one;
    one.detached = turn % 3 == 0;
    talk(one, owner);
    if (!one.id.empty() && !one.detached) --attended_;
    if (one.status == "COMPLETED") ++completed_;
    if (one.asked) {
      const std::lock_guard lock(mutex_);
      talks_.push_back(one);
    }
    std::this_thread::sleep_for(200ms);
  }
}

void LiveLoad::talk(LiveTalk& talk, const std::string& owner) {
  const auto give_up = Clock::now() + kPatience;
  const auto nonce = random_hex(8);
  talk.output = nonce + "\n" + nonce + "\n";
  do {
    try {
      converse(talk, owner);
    } catch (const std::exception&) {
      // The gateway is gone, or has no API or no database: that is what these people are for.
      std::this_thread::sleep_for(100ms);
    }
  } while (talk.detached && !talk.id.empty() && talk.status.empty() && Clock::now() < give_up);
}

/// One connection, to the end of the run. Throws when something else ends it.
void LiveLoad::converse(LiveTalk& talk, const std::string& owner) {
  const auto line = talk.output.substr(0, talk.output.find('\n') + 1);
  // Of a line that was typed nobody knows whether it has arrived, so it is typed again. The program
  // reads but one.
  bool type_at_once = !talk.id.empty();
  bool typed = false;
  LiveClient client(gateway_, owner);
  talk.asked = true;
  client.send(talk.id.empty() ? run_message(line.substr(0, line.size() - 1), talk.detached)
                              : attach_message(talk));
  for (;;) {
    const auto message = client.receive();
    const auto type = text_at(message, "type");
    if (type == "started") {
      talk.id = text_at(message, "execution_id");
      if (!talk.detached) ++attended_;
    } else if (type == "output") {
      talk.said += text_at(message, "data");
    } else if (type == "exit") {
      talk.status = text_at(message, "status");
      return;
    } else if (type == "error" && !(typed && number_at(message, "status") == 409)) {
      throw std::runtime_error(text_at(message, "title"));
    }
    if (const auto id = number_at(message, "id")) talk.last = id;
    if (typed || (type != "output" && !(type_at_once && type == "started"))) continue;
    talk.typed = typed = true;
    client.send(stdin_message(line));
  }
}

}  // namespace runyard::test
