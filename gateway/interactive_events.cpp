#include "gateway/interactive_events.hpp"

#include <cstdint>

#include "core/text.hpp"
#include "gateway/socket_io.hpp"

namespace runyard::gateway::interactive {
namespace {

// Of one packet: a client that lags gets one after the other.
constexpr std::size_t kMaxPiece = 64 << 10;

constexpr std::string_view kFirstOutput = "🚀 Starting execution...\n\n";

std::string output(std::string_view data, std::string_view type = {}) {
  json::Writer writer;
  writer.begin_object().member("data", to_utf8(data));
  if (!type.empty()) writer.member("type", type);
  writer.end_object();
  return socket_io::encode_event("output", writer.text());
}

/// A text of any length.
void add_outputs(std::vector<std::string>& packets, std::string_view text, std::string_view type) {
  while (!text.empty()) {
    auto piece = text.substr(0, kMaxPiece);
    if (piece.size() < text.size()) piece.remove_suffix(unfinished_character(piece));
    packets.push_back(output(piece, type));
    text.remove_prefix(piece.size());
  }
}

std::string text_of(const json::Value& object, std::string_view name) {
  const auto* member = object.find(name);
  const auto* text = member ? member->string() : nullptr;
  return text ? *text : std::string();
}

std::int64_t number_of(const json::Value& object, std::string_view name) {
  const auto* member = object.find(name);
  const auto* number = member ? member->integer() : nullptr;
  return number ? *number : 0;
}

bool is_true(const json::Value& object, std::string_view name) {
  const auto* member = object.find(name);
  const auto* truth = member ? member->boolean() : nullptr;
  return truth && *truth;
}

/// The compile step when it failed.
const json::Value* failed_compile(const json::Value& execution) {
  const auto* compile = execution.find("compile");
  return compile && compile->object() && text_of(*compile, "status") != "COMPLETED" ? compile
                                                                                    : nullptr;
}

/// As a shell tells it: 124 for a time limit, 128 + signal, 0 for success alone.
std::int64_t exit_code(const json::Value& execution) {
  const auto status = text_of(execution, "status");
  if (status == "COMPLETED") return number_of(execution, "exit_code");
  if (status == "TIMEOUT") return 124;
  if (const auto signal = number_of(execution, "signal")) return 128 + signal;
  auto code = number_of(execution, "exit_code");
  const auto* compile = failed_compile(execution);
  if (code == 0 && compile) code = number_of(*compile, "exit_code");
  return code == 0 ? 1 : code;
}

/// What outputs and exit code do not say.
std::string explanation(const json::Value& execution, bool compiler_spoke) {
  const auto reason = text_of(execution, "reason");
  if (reason == "WALL_TIME" || reason == "CPU_TIME")
    return "Execution timed out after " + std::to_string(kSeconds) + " seconds";
  if (reason == "COMPILE_ERROR" && compiler_spoke) return {};
  if (reason == "RUNTIME_ERROR" && number_of(execution, "signal") == 0) return {};
  return text_of(execution, "message");
}

}  // namespace

std::vector<std::string> started(std::string_view execution_id) {
  json::Writer writer;
  writer.begin_object().member("executionId", execution_id).end_object();
  return {socket_io::encode_event("execution-start", writer.text()), output(kFirstOutput)};
}

void ToldText::add(std::string_view text) {
  constexpr std::uint64_t kPrime = 0x100000001b3;  // FNV-1a
  size_ += text.size();
  for (const char c : text) digest_ = (digest_ ^ static_cast<unsigned char>(c)) * kPrime;
}

std::string_view ToldText::rest(std::string_view whole) const {
  if (whole.size() <= size_) return {};
  ToldText begin;
  begin.add(whole.substr(0, size_));
  return begin.digest_ == digest_ ? whole.substr(size_) : std::string_view();
}

std::vector<std::string> outputs(const std::vector<LiveEvent>& events, ToldOutput& told) {
  std::vector<std::string> packets;
  for (std::size_t i = 0; i < events.size();) {
    const auto kind = events[i].kind;
    std::string data;
    for (; i < events.size() && events[i].kind == kind; ++i) data += events[i].data;
    if (kind != LiveEventKind::kStdout && kind != LiveEventKind::kStderr) continue;
    const bool is_errors = kind == LiveEventKind::kStderr;
    // As the result has it, where bytes that are no text are replaced as well.
    data = to_utf8(data);
    (is_errors ? told.err : told.out).add(data);
    packets.push_back(output(data, is_errors ? "stderr" : ""));
  }
  return packets;
}

std::vector<std::string> ended(std::string_view execution_id, const std::string& execution,
                               const ToldOutput& told) {
  std::vector<std::string> packets;
  const auto value = json::parse(execution);
  add_outputs(packets, told.out.rest(text_of(value, "stdout")), "");
  add_outputs(packets, told.err.rest(text_of(value, "stderr")), "stderr");
  std::string compiler;
  if (const auto* compile = failed_compile(value))
    compiler = text_of(*compile, "stdout") + text_of(*compile, "stderr");
  add_outputs(packets, compiler, "stderr");
  if (const auto said = explanation(value, !compiler.empty()); !said.empty())
    packets.push_back(output(said + "\n", "error"));
  if (is_true(value, "stdout_truncated") || is_true(value, "stderr_truncated"))
    packets.push_back(output("The output was cut at its limit\n", "error"));

  const auto code = exit_code(value);
  json::Writer writer;
  writer.begin_object()
      .member("status", text_of(value, "status") == "COMPLETED" ? "success" : "error")
      .member("exitCode", code)
      .member("executionId", execution_id)
      .end_object();
  packets.push_back(socket_io::encode_event("execution-complete", writer.text()));
  return packets;
}

std::string error(std::string_view message) {
  json::Writer writer;
  writer.begin_object().member("message", to_utf8(message)).end_object();
  return socket_io::encode_event("error", writer.text());
}

std::vector<std::string> refused(std::string_view message) {
  return {error(message), socket_io::encode_event("execution-complete", R"({"status":"error"})")};
}

std::string message_of(const Problem& problem, const std::string& language) {
  if (problem.errors.empty()) return problem.detail;
  const auto& first = problem.errors.front();
  const bool unknown = first.message.find("is not a known language") != std::string::npos;
  if (problem.errors.size() == 1 && first.field == "language" && unknown)
    return "Unsupported language: " + language;
  std::string text;
  for (const auto& error : problem.errors) {
    if (!text.empty()) text += "; ";
    text += error.field + " " + error.message;
  }
  return text;
}

std::string submission(const json::Value& language, const json::Value& code) {
  json::Writer writer;
  writer.begin_object().key("language").value(language).key("code").value(code).end_object();
  return writer.text();
}

}  // namespace runyard::gateway::interactive
