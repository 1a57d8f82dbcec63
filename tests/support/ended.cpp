#include "tests/support/ended.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/support/paths.hpp"

namespace runyard::test {

std::string file_of_checkout(const std::string& path) {
  std::ifstream file(source_path(path), std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Ended::verdict() const {
  const auto reason = text("reason");
  return reason.empty() ? text("status") : reason;
}

std::int64_t Ended::number(const std::string& name) const {
  const auto* value = execution_.find(name);
  const auto* number = value ? value->integer() : nullptr;
  return number ? *number : -1;
}

bool Ended::truth(const std::string& name) const {
  const auto* value = at(name);
  const auto* truth = value ? value->boolean() : nullptr;
  return truth && *truth;
}

const json::Value* Ended::at(const std::string& path) const {
  const json::Value* value = &execution_;
  for (std::size_t begin = 0; value && begin <= path.size();) {
    const auto end = std::min(path.find('.', begin), path.size());
    const auto name = path.substr(begin, end - begin);
    if (const auto* array = value->array()) {
      const auto index = static_cast<std::size_t>(std::stoul(name));
      value = index < array->size() ? &(*array)[index] : nullptr;
    } else {
      value = value->find(name);
    }
    begin = end + 1;
  }
  return value;
}

std::string Ended::text_below(const std::string& path) const {
  const auto* value = at(path);
  const auto* text = value ? value->string() : nullptr;
  return text ? *text : std::string();
}

std::string Ended::shown() const {
  json::Writer writer;
  writer.value(execution_);
  auto text = writer.text();
  constexpr std::size_t kMost = 4000;
  if (text.size() > kMost) text = text.substr(0, kMost) + "...";
  return text;
}

Ended run_body(const std::string& body, const std::string& caller) {
  HttpClient client(test_url(), caller);
  return Ended(run_to_end(client, body));
}

Ended run(const std::string& language, const std::string& code, const std::string& more,
          const std::string& caller) {
  return run_body(submission(language, code, more), caller);
}

std::string start(const std::string& language, const std::string& code, const std::string& more,
                  const std::string& caller) {
  HttpClient client(test_url(), caller);
  const auto answer = client.post(kExecutions, submission(language, code, more));
  if (answer.status != 202) throw std::runtime_error("submitting answered " + answer.body);
  return text_at(answer.json(), "execution_id");
}

Ended end_of(const std::string& id, const std::string& caller) {
  HttpClient client(test_url(), caller);
  return Ended(wait_for_end(client, id));
}

}  // namespace runyard::test
