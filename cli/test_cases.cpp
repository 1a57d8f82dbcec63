#include "cli/test_cases.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "cli/failure.hpp"
#include "cli/files.hpp"
#include "cli/members.hpp"
#include "cli/submission_body.hpp"

namespace runyard::cli {
namespace {

namespace fs = std::filesystem;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The number that `text` begins with, without leading zeros; removed from it.
std::string_view take_number(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && is_digit(text[size])) ++size;
  auto number = text.substr(0, size);
  text.remove_prefix(size);
  while (number.size() > 1 && number.front() == '0') number.remove_prefix(1);
  return number;
}

TestCases read_array(const std::string& path) {
  const auto text = read_file(path);
  json::Value tests;
  try {
    tests = json::parse(text);
  } catch (const json::ParseError& error) {
    throw Failure(path + ": " + (error.field().empty() ? "" : error.field() + ": ") + error.what());
  }
  if (!tests.array() || tests.array()->empty())
    throw Failure(path +
                  R"(: must be an array of tests, [{"stdin": "...", "expected_output": "..."}])");
  TestCases cases;
  for (const auto& test : *tests.array()) {
    const auto* expected = test.find("expected_output");
    const auto* output = expected ? expected->string() : nullptr;
    cases.expected.push_back(output ? std::optional(*output) : std::nullopt);
  }
  json::Writer writer;
  writer.value(tests);
  cases.json = writer.text();
  return cases;
}

std::string read_text(const fs::path& path) {
  auto text = read_file(path.string());
  require_utf8(text, path.string());
  return text;
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::vector<fs::path> outputs;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".in") names.push_back(entry.path().stem().string());
    if (entry.path().extension() == ".out") outputs.push_back(entry.path());
  }
  for (const auto& output : outputs)
    if (std::find(names.begin(), names.end(), output.stem().string()) == names.end())
      throw Failure(output.string() + ": has no " + output.stem().string() + ".in beside it");
  std::sort(names.begin(), names.end(), in_natural_order);
  return names;
}

TestCases read_folder(const fs::path& folder) {
  const auto names = names_in(folder);
  if (names.empty()) throw Failure(folder.string() + ": has no tests (NAME.in with NAME.out)");
  TestCases cases;
  json::Writer writer;
  writer.begin_array();
  for (const auto& name : names) {
    require_utf8(name, "the name of a test");
    writer.begin_object().member("name", name);
    writer.member("stdin", read_text(folder / (name + ".in")));
    const auto output = folder / (name + ".out");
    auto& expected = cases.expected.emplace_back();
    if (fs::exists(output)) {
      expected = read_text(output);
      writer.member("expected_output", *expected);
    }
    writer.end_object();
  }
  writer.end_array();
  cases.json = writer.text();
  return cases;
}

}  // namespace

bool in_natural_order(const std::string& a, const std::string& b) {
  std::string_view left = a;
  std::string_view right = b;
  while (!left.empty() && !right.empty()) {
    if (is_digit(left.front()) && is_digit(right.front())) {
      const auto x = take_number(left);
      const auto y = take_number(right);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
    } else {
      if (left.front() != right.front()) return left.front() < right.front();
      left.remove_prefix(1);
      right.remove_prefix(1);
    }
  }
  // "a1" and "a01" are different files: some order must be certain.
  return left.empty() == right.empty() ? a < b : left.empty();
}

TestCases read_tests(const std::string& path) {
  try {
    return fs::is_directory(path) ? read_folder(path) : read_array(path);
  } catch (const fs::filesystem_error& error) {
    throw Failure(path + ": " + error.code().message());
  }
}

}  // namespace runyard::cli
