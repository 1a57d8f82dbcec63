#include "cli/submission_body.hpp"

#include "cli/failure.hpp"
#include "core/json.hpp"
#include "core/text.hpp"

namespace runyard::cli {
namespace {

bool is_text(const std::string& content) {
  return is_utf8(content) && content.find('\0') == std::string::npos;
}

void write_file(json::Writer& writer, const SourceFile& file) {
  require_utf8(file.name, "the name of a file");
  writer.begin_object().member("name", file.name);
  if (is_text(file.content))
    writer.member("content", file.content);
  else
    writer.member("content", base64_encode(file.content)).member("encoding", "base64");
  writer.end_object();
}

void write_sources(json::Writer& writer, const std::vector<SourceFile>& files) {
  const auto& main = files.front();
  if (main.name.empty()) {
    if (!is_text(main.content))
      throw Failure("the program is not UTF-8 text: give it as a file with a name");
    writer.member("code", main.content);
    return;
  }
  writer.key("files").begin_array();
  for (const auto& file : files) write_file(writer, file);
  writer.end_array().member("entry", main.name);
}

void write_texts(json::Writer& writer, const char* name, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  writer.key(name).begin_array();
  for (const auto& text : texts) {
    require_utf8(text, name);
    writer.string(text);
  }
  writer.end_array();
}

void write_text(json::Writer& writer, const char* name, const std::string& text) {
  if (text.empty()) return;
  require_utf8(text, name);
  writer.member(name, text);
}

void write_limits(json::Writer& writer, const SubmissionBody& body) {
  if (!body.time_ms && !body.memory_kb) return;
  writer.key("limits").begin_object();
  // Who asks for a minute means that it may also be computed for so long.
  if (body.time_ms) writer.member("wall_ms", *body.time_ms).member("cpu_ms", *body.time_ms);
  if (body.memory_kb) writer.member("memory_kb", *body.memory_kb);
  writer.end_object();
}

}  // namespace

void require_utf8(const std::string& text, const std::string& name) {
  if (!is_utf8(text)) throw Failure(name + ": is not UTF-8 text, as the API takes it");
}

std::string to_json(const SubmissionBody& body) {
  json::Writer writer;
  writer.begin_object();
  write_text(writer, "language", body.language);
  write_text(writer, "version", body.version);
  write_sources(writer, body.files);
  write_text(writer, "stdin", body.input);
  write_texts(writer, "args", body.arguments);
  write_texts(writer, "compile_args", body.compile_arguments);
  if (!body.environment.empty()) {
    writer.key("env").begin_object();
    for (const auto& [name, value] : body.environment) {
      require_utf8(name + value, "env");
      writer.member(name, value);
    }
    writer.end_object();
  }
  write_limits(writer, body);
  if (!body.tests.empty()) writer.key("tests").raw(body.tests);
  write_text(writer, "checker", body.checker);
  write_text(writer, "problem_id", body.problem_id);
  write_texts(writer, "artifacts", body.artifacts);
  writer.end_object();
  return writer.text();
}

}  // namespace runyard::cli
