#include "tests/bench/stack.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "worker/worker_config.hpp"

extern char** environ;

namespace runyard::bench {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  if (!value || !*value)
    throw Failure(std::string(name) + " is not set; start this by ./runyard bench");
  return value;
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Failure("cannot read " + file.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> strings(const json::Value* value) {
  std::vector<std::string> all;
  if (value && value->array())
    for (const auto& one : *value->array())
      if (one.string()) all.push_back(*one.string());
  return all;
}

std::string string_or(const json::Value& object, const char* name, const std::string& fallback) {
  const auto* value = object.find(name);
  return value && value->string() ? *value->string() : fallback;
}

BenchLanguage read_language(const fs::path& folder) {
  const auto manifest = json::parse(text_of(folder / "language.json"));
  BenchLanguage language;
  language.id = string_or(manifest, "id", folder.filename().string());
  language.image = "runyard/" + string_or(manifest, "image", language.id) + ":latest";
  language.source = string_or(manifest, "source", "");
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().stem() == "hello") language.hello = text_of(entry.path());
  if (const auto* bare = manifest.find("bare")) {
    language.bare_compile = strings(bare->find("compile"));
    language.bare_run = strings(bare->find("run"));
  }
  // What every run gets, and the language's own.
  language.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                          {"HOME", "/box"},
                          {"TMPDIR", "/tmp"},
                          {"LANG", "C.UTF-8"},
                          {"PYTHONUNBUFFERED", "1"}};
  if (const auto* own = manifest.find("environment"); own && own->object())
    for (const auto& [name, value] : *own->object())
      if (value.string()) language.environment.emplace_back(name, *value.string());
  return language;
}

}  // namespace

const BenchLanguage& Stack::language(const std::string& id) const {
  for (const auto& one : languages)
    if (one.id == id && !one.bare_run.empty()) return one;
  throw Failure("the language " + id + " has no manifest with bare commands");
}

std::string Stack::output_of(const std::vector<std::string>& argv, int seconds) const {
  Command command{argv, environment};
  if (argv[0].find('/') == std::string::npos) command.argv[0] = find_program(argv[0]);
  auto captured = processes->run(command, std::chrono::seconds(seconds));
  if (!captured.ok) throw Failure(argv[0] + " failed: " + captured.err + captured.out);
  return std::move(captured.out);
}

Stack find_stack() {
  Stack stack;
  const std::string url = variable("RUNYARD_BENCH_URL");
  const auto host = url.find("://");
  const auto colon = url.rfind(':');
  const auto end = url.find('/', host + 3);
  if (host == std::string::npos) throw Failure("RUNYARD_BENCH_URL is not a URL: " + url);
  stack.host = url.substr(host + 3, std::min(end, colon > host ? colon : end) - host - 3);
  stack.port =
      colon > host ? url.substr(colon + 1, end == std::string::npos ? end : end - colon - 1) : "80";
  stack.folder = variable("RUNYARD_BENCH_STACK");
  stack.docker = find_program("docker");
  std::istringstream prefix(variable("RUNYARD_BENCH_AS_WORKER"));
  for (std::string word; prefix >> word;) stack.worker_prefix.push_back(word);
  for (char** entry = environ; *entry; ++entry) stack.environment.emplace_back(*entry);
  for (const auto& entry : fs::directory_iterator(stack.folder / "app/languages"))
    if (fs::exists(entry.path() / "language.json"))
      stack.languages.push_back(read_language(entry.path()));
  std::sort(stack.languages.begin(), stack.languages.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  stack.processes = std::make_shared<ProcessHost>();
  return stack;
}

}  // namespace runyard::bench
