#include "fcgi-app/events/event_format.hpp"

#include "core/text.hpp"

namespace runyard {
namespace {

/// `data` is one line, as JSON is.
std::string format(std::int64_t id, std::string_view name, std::string_view data) {
  std::string text = "id: " + std::to_string(id) + "\nevent: ";
  text.append(name).append("\ndata: ").append(data).append("\n\n");
  return text;
}

}  // namespace

std::string format_event(const LiveEvent& event, OutputEncoding encoding) {
  const auto name = to_string(event.kind);
  if (event.kind == LiveEventKind::kStatus || event.kind == LiveEventKind::kTest)
    return format(event.id, name, event.data);
  json::Writer writer;
  writer.begin_object().member("data", encoding == OutputEncoding::kBase64
                                           ? base64_encode(event.data)
                                           : to_utf8(event.data));
  writer.end_object();
  return format(event.id, name, writer.text());
}

std::string format_queued() { return format(0, "status", R"({"status":"QUEUED"})"); }

std::string format_end(const Execution& execution, OutputEncoding encoding) {
  return format(live_end_id(execution.attempt), "end", execution_to_json(execution, encoding));
}

}  // namespace runyard
