#include "tests/bench/load.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "tests/bench/machine.hpp"

namespace runyard::bench {
namespace {

const std::string* text_member(const json::Value& object, const char* name) {
  const auto* value = object.find(name);
  return value ? value->string() : nullptr;
}

}  // namespace

std::string Submission::json() const {
  json::Writer writer;
  writer.begin_object().member("language", language).member("code", code);
  for (const auto& [name, value] : extra) writer.key(name).raw(value);
  writer.end_object();
  return writer.text();
}

std::string never_seen(const std::string& code) {
  // In a comment it would need to know the language; line ends and blanks mean nothing in all of
  // them.
  static std::atomic<std::uint64_t> next{static_cast<std::uint64_t>(now_s() * 1e6)};
  std::string all = code;
  for (std::uint64_t bits = next++; bits > 0; bits /= 2) all += bits % 2 ? " \n" : "\n";
  return all;
}

Ran run_checked(HttpClient& client, const std::string& submission, const std::string& expected) {
  const double begun = now_s();
  const auto reply = client.request("POST", "/api/v1/executions?wait=60", submission);
  Ran ran;
  ran.ms = (now_s() - begun) * 1e3;
  if (reply.status != 200)
    throw Failure("wrong answer: status " + std::to_string(reply.status) + " " + reply.body);
  ran.execution = json::parse(reply.body);
  const auto* status = text_member(ran.execution, "status");
  const auto* output = text_member(ran.execution, "stdout");
  if (!status || *status != "COMPLETED" || !output || *output != expected)
    throw Failure("wrong answer: expected COMPLETED with the output '" + expected + "', got " +
                  reply.body);
  return ran;
}

std::string submit(HttpClient& client, const std::string& submission) {
  const auto reply = client.request("POST", "/api/v1/executions", submission);
  if (reply.status != 202)
    throw Failure("wrong answer: status " + std::to_string(reply.status) + " " + reply.body);
  const auto answer = json::parse(reply.body);
  const auto* id = text_member(answer, "execution_id");
  if (!id || id->size() != 36) throw Failure("wrong answer: no execution_id in " + reply.body);
  return *id;
}

LoadResult run_load(const Stack& stack, int clients, int total, double seconds, int unmeasured,
                    const std::function<void(HttpClient&)>& one) {
  std::vector<HttpClient> connections;
  for (int i = 0; i < clients; ++i) connections.emplace_back(stack);
  std::atomic<int> begun_calls{0};
  std::mutex mutex;
  LoadResult result;
  int ended = 0;
  double begun = now_s();
  const double deadline = seconds > 0 ? begun + seconds : begun + 3600;
  std::exception_ptr error;
  const auto work = [&](HttpClient& client) {
    try {
      while (begun_calls++ < total + unmeasured && now_s() < deadline) {
        const double start = now_s();
        one(client);
        const double end = now_s();
        const std::lock_guard lock(mutex);
        if (++ended == unmeasured) begun = end;
        if (ended > unmeasured) result.ms.push_back((end - start) * 1e3);
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      error = std::current_exception();
      begun_calls = total + unmeasured;
    }
  };
  std::vector<std::thread> threads;
  for (auto& connection : connections) threads.emplace_back([&] { work(connection); });
  for (auto& thread : threads) thread.join();
  if (error) std::rethrow_exception(error);
  result.wall_s = now_s() - begun;
  return result;
}

}  // namespace runyard::bench
