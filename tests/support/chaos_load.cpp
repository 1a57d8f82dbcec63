#include "tests/support/chaos_load.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <random>
#include <stdexcept>

#include "core/ids.hpp"
#include "core/json.hpp"
#include "tests/support/fcgi_client.hpp"
#include "tests/support/http_client.hpp"

namespace runyard::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct Program {
  std::string code;
  std::string more;  // members of the submission
  std::string status;
  std::string output;
};

Program make_program(std::mt19937& random, const std::string& nonce) {
  const auto say = "print('" + nonce + "', flush=True)\n";
  const auto line = nonce + "\n";
  switch (random() % 8) {
    case 0:
      return {say + "import sys\nsys.exit(3)\n", "", "FAILED", line};
    case 1:
      return {say + "import time\ntime.sleep(30)\n", R"("limits": {"wall_ms": 700})", "TIMEOUT",
              line};
    case 2:
      return {"import time\ntime.sleep(2)\n" + say, "", "COMPLETED", line};
    case 3:
      return {"import time\ntime.sleep(0.5)\n" + say, "", "COMPLETED", line};
    case 4:
      return {"print(input())", R"("stdin": ")" + nonce + "\"", "COMPLETED", line};
    default:
      return {say, "", "COMPLETED", line};
  }
}

}  // namespace

ApiAnswer ask_api(const std::string& socket, std::map<std::string, std::string> params,
                  const std::string& body) {
  params["CONTENT_LENGTH"] = std::to_string(body.size());
  params["CONTENT_TYPE"] = "application/json";
  try {
    FcgiClient client(socket);
    client.begin(params);
    client.body(body);
    client.body("");
    const auto text = client.answer();
    const auto end = text.find("\r\n\r\n");
    const auto status = text.find("Status: ");
    // Without its end an answer may be a part of one.
    if (!client.ended() || end == std::string::npos || status == std::string::npos) return {};
    return {std::atoi(text.c_str() + status + 8), text.substr(end + 4)};
  } catch (const std::exception&) {
    return {};
  }
}

ChaosLoad::ChaosLoad(LoadOptions options) : options_(std::move(options)) {
  for (int i = 0; i < options_.owners; ++i) threads_.emplace_back([this, i] { be_owner(i); });
}

ChaosLoad::~ChaosLoad() { stop(); }

void ChaosLoad::stop() {
  if (!stop_) stopped_ = Clock::now();
  stop_ = true;
  for (auto& thread : threads_)
    if (thread.joinable()) thread.join();
}

void ChaosLoad::also_accepted(const std::string& id) {
  const std::lock_guard lock(mutex_);
  owed_.push_back({id, "", "", false});
}

std::vector<Owed> ChaosLoad::owed() const {
  const std::lock_guard lock(mutex_);
  return owed_;
}

std::size_t ChaosLoad::accepted() const {
  const std::lock_guard lock(mutex_);
  return owed_.size();
}

std::map<int, int> ChaosLoad::answers() const {
  const std::lock_guard lock(mutex_);
  return answers_;
}

void ChaosLoad::be_owner(int number) {
  std::mt19937 random(options_.seed * 1000 + static_cast<unsigned>(number));
  while (!stop_) {
    const auto nonce = random_hex(8);
    const auto program = make_program(random, nonce);
    const bool webhook = !options_.webhook.empty() && random() % 3 == 0;
    auto more = program.more;
    if (webhook)
      more += (more.empty() ? "" : ", ") + (R"("callback_url": ")" + options_.webhook + "\"");
    const auto body = submission("python", program.code, more);
    // Some wait for the end, as most clients do, and so have a watch and hold a thread.
    const std::string query = random() % 2 == 0 ? "?wait=2" : "";
    const std::map<std::string, std::string> params = {
        {"REQUEST_METHOD", "POST"},
        {"REQUEST_URI", kExecutions + query},
        {"REMOTE_ADDR", "192.0.2." + std::to_string(number + 1)},
        {"HTTP_IDEMPOTENCY_KEY", nonce}};
    auto give_up = Clock::now() + 120s;
    for (;;) {
      const auto answer = ask_api(options_.socket, params, body);
      std::optional<std::string> id;
      if (answer.status == 200 || answer.status == 202) {
        const auto value = json::parse(answer.body);
        id = text_at(value, "execution_id");
        if (id->empty()) id = text_at(value, "id");
      }
      {
        const std::lock_guard lock(mutex_);
        ++answers_[answer.status];
        if (id) owed_.push_back({*id, program.status, program.output, webhook});
      }
      if (id) {
        // Not over after the wait: more comes than can be run. Who waits goes on waiting, once.
        if (!query.empty() && answer.status == 202)
          ask_api(options_.socket,
                  {{"REQUEST_METHOD", "GET"},
                   {"REQUEST_URI", kExecutions + ("/" + *id) + query},
                   {"REMOTE_ADDR", params.at("REMOTE_ADDR")}},
                  "");
        break;
      }
      ++refused_;
      if (stop_) give_up = std::min(give_up, stopped_ + 10s);
      if (Clock::now() > give_up || (answer.status >= 400 && answer.status < 500)) {
        ++given_up_;
        break;
      }
      std::this_thread::sleep_for(100ms);
    }
    std::this_thread::sleep_for(options_.pause);
  }
}

}  // namespace runyard::test
