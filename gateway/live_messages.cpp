#include "gateway/live_messages.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <optional>

#include "core/ids.hpp"
#include "core/json.hpp"
#include "core/text.hpp"

namespace runyard::gateway {
namespace {

constexpr std::size_t kMaxTokenBytes = 4096;

/// Reads the fields of one message and collects what is wrong with them.
class Fields final {
 public:
  explicit Fields(const json::Object& object) : object_(object) {}

  void known(std::initializer_list<std::string_view> names) {
    for (const auto& member : object_)
      if (member.first != "type" &&
          std::find(names.begin(), names.end(), member.first) == names.end())
        wrong(member.first.substr(0, 60), "is not known here");
  }

  std::string text(std::string_view name) {
    const auto* value = find(name);
    const auto* text = value ? value->string() : nullptr;
    if (!text) wrong(name, "must be a text");
    return text ? *text : std::string();
  }

  std::int64_t integer(std::string_view name, std::int64_t minimum, std::int64_t maximum,
                       std::optional<std::int64_t> fallback = std::nullopt) {
    const auto* value = find(name);
    if (!value && fallback) return *fallback;
    const auto* number = value ? value->integer() : nullptr;
    if (number && *number >= minimum && *number <= maximum) return *number;
    wrong(name,
          "must be an integer from " + std::to_string(minimum) + " to " + std::to_string(maximum));
    return minimum;
  }

  void wrong(std::string_view name, std::string message) {
    errors_.push_back({std::string(name), std::move(message)});
  }

  ClientMessage give(ClientMessage message) {
    if (errors_.empty()) return message;
    return Problem{422, "the message is wrong", std::move(errors_)};
  }

 private:
  const json::Value* find(std::string_view name) const {
    for (const auto& [key, value] : object_)
      if (key == name) return &value;
    return nullptr;
  }

  const json::Object& object_;
  std::vector<FieldError> errors_;
};

ClientMessage read_stdin(Fields& fields) {
  fields.known({"data"});
  InputMessage input{LiveInputKind::kStdin, fields.text("data")};
  if (input.data.size() > kMaxStdinBytes)
    fields.wrong("data", "must be at most " + std::to_string(kMaxStdinBytes) +
                             " bytes; more goes in several messages");
  return fields.give(std::move(input));
}

ClientMessage read_eof(Fields& fields) {
  fields.known({});
  return fields.give(InputMessage{LiveInputKind::kEof, ""});
}

ClientMessage read_resize(Fields& fields) {
  fields.known({"cols", "rows"});
  const auto cols = fields.integer("cols", 1, kMaxTerminalSide);
  const auto rows = fields.integer("rows", 1, kMaxTerminalSide);
  return fields.give(
      InputMessage{LiveInputKind::kResize, std::to_string(cols) + 'x' + std::to_string(rows)});
}

ClientMessage read_signal(Fields& fields) {
  fields.known({"name"});
  const auto name = fields.text("name");
  if (name != "SIGINT" && name != "SIGTERM" && name != "SIGKILL")
    fields.wrong("name", "must be \"SIGINT\", \"SIGTERM\" or \"SIGKILL\"");
  return fields.give(InputMessage{LiveInputKind::kSignal, name});
}

ClientMessage read_attach(Fields& fields) {
  fields.known({"execution_id", "from"});
  AttachMessage attach{fields.text("execution_id"),
                       fields.integer("from", 0, std::int64_t{1} << 53, 0)};
  if (!attach.execution_id.empty() && !is_uuid(attach.execution_id))
    return Problem{404, "there is no such execution", {}};
  return fields.give(std::move(attach));
}

ClientMessage read_auth(Fields& fields) {
  fields.known({"token"});
  AuthMessage auth{fields.text("token")};
  const bool visible = std::all_of(auth.token.begin(), auth.token.end(),
                                   [](char c) { return c > 0x20 && c < 0x7f; });
  if (auth.token.empty() || auth.token.size() > kMaxTokenBytes || !visible)
    fields.wrong("token",
                 "must be 1 to " + std::to_string(kMaxTokenBytes) + " visible ASCII characters");
  return fields.give(std::move(auth));
}

constexpr std::string_view kTypes =
    R"("run", "attach", "auth", "stdin", "eof", "resize" or "signal")";

ClientMessage read_message(const json::Object& object) {
  const auto type = std::find_if(object.begin(), object.end(),
                                 [](const auto& member) { return member.first == "type"; });
  const auto* name = type == object.end() ? nullptr : type->second.string();
  Fields fields(object);
  if (name && *name == "run") {
    const auto detach = std::find_if(object.begin(), object.end(),
                                     [](const auto& member) { return member.first == "detach"; });
    const auto* truth = detach == object.end() ? nullptr : detach->second.boolean();
    return RunMessage{truth && *truth};
  }
  if (name && *name == "attach") return read_attach(fields);
  if (name && *name == "auth") return read_auth(fields);
  if (name && *name == "stdin") return read_stdin(fields);
  if (name && *name == "eof") return read_eof(fields);
  if (name && *name == "resize") return read_resize(fields);
  if (name && *name == "signal") return read_signal(fields);
  fields.wrong("type", "must be " + std::string(kTypes));
  return fields.give(Problem{});
}

/// What follows the first `"name":` that is a key. A quote within a string is escaped, so that a
/// comma or brace, the name between bare quotes and a colon cannot be part of one.
std::string_view after_key(std::string_view object, std::string_view name) {
  const auto key = '"' + std::string(name) + "\":";
  for (std::size_t at = 0; (at = object.find(key, at)) != std::string_view::npos; ++at)
    if (at > 0 && (object[at - 1] == ',' || object[at - 1] == '{'))
      return object.substr(at + key.size());
  return {};
}

/// `{"type":"NAME","id":N` and the members of `object`.
std::string with_members(std::string_view name, std::int64_t id, std::string_view object) {
  std::string out = R"({"type":")";
  out.reserve(object.size() + 64);
  out.append(name).append(R"(","id":)").append(std::to_string(id));
  if (object.size() > 2)
    out.append(",").append(object.substr(1));
  else
    out.append("}");
  return out;
}

std::string output_message(LiveEventKind kind, std::string_view data, std::int64_t id) {
  json::Writer writer;
  writer.begin_object().member("type", "output").member("stream", to_string(kind));
  writer.member("data", to_utf8(data)).member("id", id).end_object();
  return writer.text();
}

}  // namespace

ClientMessage parse_client_message(std::string_view text) {
  try {
    const auto value = json::parse(text);
    if (const auto* object = value.object()) return read_message(*object);
    return Problem{400, "a message is a JSON object", {}};
  } catch (const json::ParseError& error) {
    Problem problem{400, std::string("the message is not JSON: ") + error.what(), {}};
    if (!error.field().empty()) problem.errors.push_back({error.field(), error.what()});
    return problem;
  }
}

std::string started_message(const std::string& execution_id) {
  json::Writer writer;
  writer.begin_object().member("type", "started").member("execution_id", execution_id).end_object();
  return writer.text();
}

std::vector<std::string> event_messages(const std::vector<LiveEvent>& events) {
  std::vector<std::string> messages;
  for (std::size_t i = 0; i < events.size();) {
    const auto& event = events[i];
    if (event.kind == LiveEventKind::kStatus || event.kind == LiveEventKind::kTest) {
      const bool stage = event.kind == LiveEventKind::kStatus;
      if (!stage || !after_key(event.data, "stage").empty())
        messages.push_back(with_members(stage ? "stage" : "test", event.id, event.data));
      ++i;
      continue;
    }
    std::string data;
    const auto kind = event.kind;
    std::int64_t id = 0;
    for (; i < events.size() && events[i].kind == kind; ++i) {
      data += events[i].data;
      id = events[i].id;
    }
    messages.push_back(output_message(kind, data, id));
  }
  return messages;
}

std::string exit_message(std::string_view execution, std::int64_t id) {
  return with_members("exit", id, execution);
}

std::string error_message(const Problem& problem) {
  json::Writer writer;
  writer.begin_object().member("type", "error");
  write_problem_members(writer, problem);
  writer.end_object();
  return writer.text();
}

std::string execution_id_of(std::string_view execution) {
  constexpr std::size_t kLength = 36;
  const auto value = after_key(execution, "execution_id");
  if (value.size() < kLength + 2 || value[0] != '"' || value[kLength + 1] != '"') return {};
  const auto id = value.substr(1, kLength);
  return is_uuid(id) ? std::string(id) : std::string();
}

int attempt_of(std::string_view execution) {
  const auto value = after_key(execution, "attempt");
  int attempt = 1;
  std::from_chars(value.data(), value.data() + std::min<std::size_t>(value.size(), 6), attempt);
  return std::max(attempt, 1);
}

bool is_over(std::string_view execution) {
  const auto value = after_key(execution, "status");
  const auto is = [&value](std::string_view name) { return value.substr(0, name.size()) == name; };
  return !value.empty() && !is(R"("QUEUED")") && !is(R"("RUNNING")");
}

}  // namespace runyard::gateway
