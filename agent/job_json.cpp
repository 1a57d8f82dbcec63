#include "agent/job_json.hpp"

#include <initializer_list>
#include <limits>
#include <string>

#include "agent/protocol.hpp"

// The parser's assertions would be the program's death by a hostile text; every access below is
// checked instead.
#define RAPIDJSON_ASSERT(condition) static_cast<void>(0)
#include <rapidjson/document.h>

namespace runyard::agent {
namespace {

using rapidjson::Value;

[[noreturn]] void fail(const std::string& where, const char* rule) {
  throw protocol::ProtocolError("job: " + where + " " + rule);
}

/// One JSON object whose members are read by name; done() refuses those that nobody asked for.
class Object {
 public:
  Object(const Value& value, std::string where) : value_(value), where_(std::move(where)) {
    if (!value_.IsObject()) fail(where_, "must be an object");
  }

  const Value* find(const char* name) {
    const Value* found = nullptr;
    for (auto it = value_.MemberBegin(); it != value_.MemberEnd(); ++it) {
      if (std::string_view(it->name.GetString(), it->name.GetStringLength()) != name) continue;
      if (found != nullptr) fail(path(name), "is given twice");
      found = &it->value;
    }
    if (found != nullptr) ++used_;
    return found;
  }

  const Value& need(const char* name) {
    const Value* found = find(name);
    if (found == nullptr) fail(path(name), "is missing");
    return *found;
  }

  std::uint64_t number(const char* name, std::uint64_t low, std::uint64_t high) {
    return to_number(need(name), name, low, high);
  }

  std::uint64_t number_or_zero(const char* name, std::uint64_t high) {
    const Value* value = find(name);
    return value == nullptr ? 0 : to_number(*value, name, 0, high);
  }
  bool boolean(const char* name) {
    const Value* value = find(name);
    if (value == nullptr) return false;
    if (!value->IsBool()) fail(path(name), "must be true or false");
    return value->GetBool();
  }

  std::string string(const char* name) { return to_string(need(name), path(name)); }

  std::vector<std::string> strings(const char* name, std::size_t most) {
    std::vector<std::string> out;
    const Value* value = find(name);
    if (value == nullptr) return out;
    if (!value->IsArray()) fail(path(name), "must be an array");
    if (value->Size() > most) fail(path(name), "has too many entries");
    out.reserve(value->Size());
    for (const auto& entry : value->GetArray()) out.push_back(to_string(entry, path(name)));
    return out;
  }

  std::string path(const char* name) const { return where_ + "." + name; }

  void done() const {
    if (used_ != value_.MemberCount()) fail(where_, "has an unknown member");
  }

 private:
  std::uint64_t to_number(const Value& value, const char* name, std::uint64_t low,
                          std::uint64_t high) const {
    if (!value.IsUint64()) fail(path(name), "must be a whole number");
    const auto number = value.GetUint64();
    if (number < low || number > high) fail(path(name), "is out of range");
    return number;
  }

  static std::string to_string(const Value& value, const std::string& where) {
    if (!value.IsString()) fail(where, "must be text");
    std::string text(value.GetString(), value.GetStringLength());
    if (text.find('\0') != std::string::npos) fail(where, "holds a NUL");
    return text;
  }

  const Value& value_;
  std::string where_;
  std::size_t used_ = 0;
};

constexpr std::uint64_t kMaxMs = 24ull * 3600 * 1000;
constexpr std::uint64_t kMaxBytes = 1ull << 40;
constexpr std::size_t kMaxStrings = 65536;

FileSpec parse_file(const Value& value, const std::string& where) {
  Object object(value, where);
  FileSpec file;
  file.name = object.string("name");
  if (!valid_name(file.name)) fail(object.path("name"), "is not a path inside /box");
  file.size = object.number("size", 0, protocol::kMaxBlobBytes);
  file.mode = static_cast<std::uint32_t>(object.number("mode", 0, 0777));
  object.done();
  return file;
}

Step parse_step(const Value& value, const std::string& where) {
  Object object(value, where);
  Step step;
  const auto kind = object.string("kind");
  if (kind != "compile" && kind != "run") fail(object.path("kind"), "must be compile or run");
  step.compile = kind == "compile";
  step.argv = object.strings("argv", kMaxStrings);
  if (step.argv.empty() || step.argv.front().empty()) fail(object.path("argv"), "names no program");
  step.env = object.strings("env", kMaxStrings);
  for (const auto& variable : step.env)
    if (variable.find('=') == std::string::npos || variable.front() == '=')
      fail(object.path("env"), "holds an entry without NAME=");
  step.stdin_size = object.number_or_zero("stdin_size", protocol::kMaxBlobBytes);
  step.interactive = object.boolean("interactive");
  if (step.interactive && step.stdin_size != 0)
    fail(where, "has both a stdin and an interactive one");
  step.wall_ms = object.number("wall_ms", 1, kMaxMs);
  step.cpu_ms = object.number("cpu_ms", 0, kMaxMs);
  step.output_bytes = object.number("output_bytes", 1, kMaxBytes);
  step.file_bytes = object.number("file_bytes", 1, kMaxBytes);
  step.processes = object.number("processes", 1, 65536);
  step.address_space_bytes =
      object.number("address_space_bytes", 0, std::numeric_limits<std::int64_t>::max());
  step.collect = object.strings("collect", 64);
  for (const auto& name : step.collect)
    if (!valid_name(name)) fail(object.path("collect"), "holds no path inside /box");
  step.collect_bytes = object.number_or_zero("collect_bytes", kMaxBytes);
  object.done();
  return step;
}

}  // namespace

Job parse_job(std::string_view json) {
  if (json.size() > protocol::kMaxJobJson) fail("json", "is too large");
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
      json.data(), json.size());
  if (document.HasParseError()) fail("json", "is malformed");

  Object object(document, "job");
  Job job;
  if (const Value* files = object.find("files")) {
    if (!files->IsArray() || files->Size() > protocol::kMaxFiles)
      fail("files", "must be a short array");
    for (const auto& file : files->GetArray())
      job.files.push_back(parse_file(file, "files[" + std::to_string(job.files.size()) + "]"));
  }
  const Value& steps = object.need("steps");
  if (!steps.IsArray() || steps.Empty() || steps.Size() > protocol::kMaxSteps)
    fail("steps", "must be an array of 1 to 1001");
  for (const auto& step : steps.GetArray())
    job.steps.push_back(parse_step(step, "steps[" + std::to_string(job.steps.size()) + "]"));
  job.live = object.boolean("live");
  const Value* tty = object.find("tty");
  if (tty != nullptr && !tty->IsNull()) {
    Object size(*tty, "tty");
    job.tty.emplace();
    job.tty->cols = static_cast<std::uint16_t>(size.number("cols", 1, protocol::kMaxTtySize));
    job.tty->rows = static_cast<std::uint16_t>(size.number("rows", 1, protocol::kMaxTtySize));
    size.done();
  }
  object.done();
  if (job.blob_size() > protocol::kMaxBlobBytes) fail("files and stdin", "are too large together");
  return job;
}

}  // namespace runyard::agent
