#include <algorithm>

#include "core/text.hpp"
#include "fcgi-app/file_names.hpp"
#include "fcgi-app/submission_parts.hpp"

namespace runyard {
namespace {

constexpr std::size_t kMaxFiles = 100;
constexpr std::size_t kMaxArtifacts = 16;
constexpr std::size_t kAnySize =
    static_cast<std::size_t>(-1);  // the sum is checked, or the body's size

/// Checks a file's name; false after adding the mistake.
bool check_file_name(const std::string& name, const std::string& field, BodyErrors& errors) {
  if (name.find('\0') != std::string::npos) {
    errors.add_nul(field);
    return false;
  }
  const auto rule = file_name_rule(name);
  if (rule.empty()) return true;
  errors.add(field, in_quotes(name) + " " + rule);
  return false;
}

/// One element of `files`.
SourceFile read_file(const json::Value& value, const std::string& path, BodyErrors& errors) {
  SourceFile file;
  ObjectReader reader(value, path + ".", errors);
  if (const auto* name = reader.required_text("name", TextRule{kAnySize, true}))
    if (check_file_name(*name, reader.path("name"), errors)) file.name = *name;
  const auto* encoding = reader.choice("encoding", {"utf8", "base64"});
  const auto* content = reader.required_text("content", TextRule{kAnySize});
  reader.refuse_unknown();
  if (!content) return file;
  if (!encoding || *encoding == "utf8") {
    file.content = *content;
  } else if (auto bytes = base64_decode(*content)) {
    file.content = std::move(*bytes);
  } else {
    errors.add(path + ".content", "must be base64 with padding and without line breaks");
  }
  return file;
}

/// Fills in `entry`: the one that is named, else the only file, else the one called as `code` would
/// be.
void read_entry(ObjectReader& body, const Language* language, BodyErrors& errors,
                Submission& submission) {
  const auto has = [&](const std::string& name) {
    return std::any_of(submission.files.begin(), submission.files.end(),
                       [&](const SourceFile& file) { return file.name == name; });
  };
  if (body.member("entry")) {
    const auto* entry = body.text("entry", TextRule{kAnySize});
    if (!entry) return;
    if (!has(*entry))
      return errors.add("entry", in_quotes(*entry) + " is not the name of one of the files");
    submission.entry = *entry;
  } else if (submission.files.size() == 1) {
    submission.entry = submission.files.front().name;
  } else if (language && has(language->source)) {
    submission.entry = language->source;
  } else {
    errors.add("entry", "is required: it names the file to start with");
  }
}

void read_files(ObjectReader& body, const Language* language, const ParseContext& context,
                Submission& submission) {
  const auto* items = body.array("files", kMaxFiles);
  if (!items) return;
  if (items->empty()) return context.errors.add("files", "must hold at least one file");
  std::vector<std::string> names;
  std::vector<std::string> fields;
  std::size_t total = 0;
  for (std::size_t i = 0; i < items->size(); ++i) {
    const auto path = "files[" + std::to_string(i) + "]";
    auto file = read_file((*items)[i], path, context.errors);
    total += file.content.size();
    if (!file.name.empty()) {
      names.push_back(file.name);
      fields.push_back(path + ".name");
    }
    submission.files.push_back(std::move(file));
  }
  std::vector<ProblemField> collisions;
  check_collisions(names, fields, collisions);
  for (auto& error : collisions)
    context.errors.add(std::move(error.field), std::move(error.message));
  if (total > context.rules.max_code_bytes)
    context.errors.add("files", "are " + std::to_string(total) + " bytes long in all; at most " +
                                    std::to_string(context.rules.max_code_bytes) + " are allowed");
  read_entry(body, language, context.errors, submission);
}

}  // namespace

void read_sources(ObjectReader& body, const Language* language, const ParseContext& context,
                  Submission& submission) {
  const bool has_code = body.member("code") != nullptr;
  const bool has_files = body.member("files") != nullptr;
  const bool has_entry = body.member("entry") != nullptr;
  if (has_code && has_files) context.errors.add("files", "must not stand beside \"code\"");
  if (has_code && has_entry) context.errors.add("entry", "goes with \"files\", not with \"code\"");
  if (has_files) {
    read_files(body, language, context, submission);
  } else if (!has_code) {
    context.errors.add("code", "is required, or \"files\" instead");
  }
  const auto* code = body.text("code", TextRule{context.rules.max_code_bytes});
  if (!code || has_files) return;
  submission.entry = language ? language->source : std::string();
  submission.files.push_back({submission.entry, *code});
}

void read_artifacts(ObjectReader& body, const ParseContext& context, Submission& submission) {
  const auto* items = body.array("artifacts", kMaxArtifacts);
  if (!items) return;
  if (!items->empty() && !submission.tests.empty())
    context.errors.add("artifacts", "must not stand beside \"tests\": they are of one run");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < items->size(); ++i) {
    const auto field = "artifacts[" + std::to_string(i) + "]";
    if (!check_text((*items)[i], field, TextRule{kAnySize}, context.errors)) continue;
    const auto& name = *(*items)[i].string();
    if (!check_file_name(name, field, context.errors)) continue;
    if (std::find(names.begin(), names.end(), name) != names.end())
      context.errors.add(field, in_quotes(name) + " stands twice");
    else
      names.push_back(name);
  }
  submission.artifacts = std::move(names);
}

}  // namespace runyard
