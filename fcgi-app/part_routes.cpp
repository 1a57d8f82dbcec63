#include "core/ids.hpp"
#include "core/text.hpp"
#include "fcgi-app/byte_range.hpp"
#include "fcgi-app/cursor.hpp"
#include "fcgi-app/request_reading.hpp"
#include "fcgi-app/routes.hpp"

namespace runyard {
namespace {

Response no_such_execution() { return problem_response(404, "there is no such execution"); }

/// What it is called on the disk of whoever saves it: the last component of a file's name.
std::string disposition(std::string_view name) {
  const auto slash = name.rfind('/');
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  return "attachment; filename*=UTF-8''" + percent_encode(name);
}

Response absent(const StoredPart& part) {
  if (!is_terminal(part.status))
    return problem_response(404, "the execution is not over: there is nothing of it yet");
  if (!part.error.empty()) return problem_response(404, "the file did not come: " + part.error);
  return problem_response(404, "the execution has no such file");
}

/// If-Range with another tag, or with a date, asks for everything.
std::optional<ByteRange> wanted_range(const Request& request, const std::string& etag) {
  const auto* range = request.header("range");
  const auto* condition = request.header("if-range");
  if (!range || (condition && *condition != etag)) return std::nullopt;
  return parse_byte_range(*range);
}

Response read_part(const ApiContext& context, const Request& request, const Caller& caller,
                   ExecutionPart kind, const std::string& name) {
  const auto id = canonical_id(request.params.at(0));
  if (!is_uuid(id)) return no_such_execution();
  if (auto refused = refuse_query(request)) return std::move(*refused);
  const bool file = kind == ExecutionPart::kArtifact;
  // Once it is over an execution never changes.
  const auto etag =
      '"' + sha256_hex(id + (file ? "\nfile\n" : "\noutput\n") + name).substr(0, 32) + '"';
  const auto range = wanted_range(request, etag);
  auto part = context.executions.find_part(id, caller.owner, kind, name,
                                           range ? stored_range(*range) : PartRange{});
  if (!part) return no_such_execution();
  if (!part->present) return absent(*part);

  Response response;
  response.execution_id = id;
  response.headers = {{"ETag", etag}, {"Cache-Control", "private, max-age=60"}};
  const auto* known = request.header("if-none-match");
  if (known && holds_tag(*known, etag)) {
    response.status = 304;
    return response;
  }
  const auto size = std::to_string(part->size);
  if (range && part->bytes.empty()) {
    response = problem_response(416, "the part has " + size + " bytes");
    response.headers.emplace_back("Content-Range", "bytes */" + size);
    return response;
  }
  response.headers.emplace_back("Accept-Ranges", "bytes");
  response.headers.emplace_back("Content-Type", "application/octet-stream");
  response.headers.emplace_back("Content-Disposition", disposition(name));
  if (range) {
    const auto first = range->last_bytes
                           ? part->size - static_cast<std::int64_t>(part->bytes.size())
                           : range->first;
    const auto last = first + static_cast<std::int64_t>(part->bytes.size()) - 1;
    response.status = 206;
    response.headers.emplace_back("Content-Range", "bytes " + std::to_string(first) + "-" +
                                                       std::to_string(last) + "/" + size);
  }
  response.body = std::move(part->bytes);
  return response;
}

Response read_stdout(const ApiContext& context, const Request& request, const Caller& caller) {
  return read_part(context, request, caller, ExecutionPart::kStdout, "stdout");
}

Response read_stderr(const ApiContext& context, const Request& request, const Caller& caller) {
  return read_part(context, request, caller, ExecutionPart::kStderr, "stderr");
}

Response read_artifact(const ApiContext& context, const Request& request, const Caller& caller) {
  return read_part(context, request, caller, ExecutionPart::kArtifact, request.params.at(1));
}

}  // namespace

void add_part_routes(Router& router, const ApiContext& context) {
  const auto path = std::string(kExecutionsPath) + "/{id}";
  router.add("GET", path + "/stdout", for_caller(context, Scope::kRead, read_stdout));
  router.add("GET", path + "/stderr", for_caller(context, Scope::kRead, read_stderr));
  router.add("GET", path + "/artifacts/{name}", for_caller(context, Scope::kRead, read_artifact));
}

}  // namespace runyard
