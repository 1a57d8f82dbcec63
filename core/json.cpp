#include "core/json.hpp"

// Numbers come as text, so that a million digits cost a copy and not a conversion; assertions of
// the library become exceptions that no request can reach.
#define RAPIDJSON_HAS_STDSTRING 1
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "core/text.hpp"

namespace runyard::json {
namespace {

/// Builds Values from RapidJSON's events; returning false stops the reader.
class Builder final : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Builder> {
 public:
  bool Null() { return add(Value()); }
  bool Bool(bool b) { return add(Value(b)); }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    std::int64_t integer = 0;
    const auto [end, error] = std::from_chars(text, text + size, integer);
    if (error == std::errc() && end == text + size) return add(Value(integer));
    return add(Value(std::strtod(std::string(text, size).c_str(), nullptr)));
  }
  bool String(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    if (!is_utf8({text, size})) return fail("a string is not valid UTF-8");
    return add(Value(std::string(text, size)));
  }
  bool StartObject() { return open(Value(Object{})); }
  bool Key(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    if (!is_utf8({text, size})) return fail("a member's name is not valid UTF-8");
    keys_.back().assign(text, size);
    return true;
  }
  bool EndObject(rapidjson::SizeType /*count*/) {
    if (!unique_names(*stack_.back().object())) return false;
    return close();
  }
  bool StartArray() { return open(Value(Array{})); }
  bool EndArray(rapidjson::SizeType /*count*/) { return close(); }

  Value take() { return std::move(root_); }
  const std::string& problem() const { return problem_; }
  /// Where reading stands: names and indexes from the root to the value that would come next.
  std::string path() const {
    std::string path;
    for (std::size_t i = 0; i < stack_.size(); ++i) {
      if (const auto* array = stack_[i].array()) {
        path += '[' + std::to_string(array->size()) + ']';
      } else {
        if (keys_[i].empty()) break;  // between two members
        path += (path.empty() ? "" : ".") + keys_[i];
      }
    }
    return path;
  }

 private:
  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  bool open(Value value) {
    if (stack_.size() >= static_cast<std::size_t>(kMaxDepth))
      return fail("nested deeper than " + std::to_string(kMaxDepth));
    stack_.push_back(std::move(value));
    keys_.emplace_back();
    return true;
  }

  bool close() {
    Value done = std::move(stack_.back());
    stack_.pop_back();
    keys_.pop_back();
    return add(std::move(done));
  }

  bool add(Value value) {
    if (stack_.empty()) {
      root_ = std::move(value);
    } else if (auto* array = stack_.back().array()) {
      array->push_back(std::move(value));
    } else {
      stack_.back().object()->emplace_back(keys_.back(), std::move(value));
      keys_.back().clear();
    }
    return true;
  }

  bool unique_names(const Object& object) {
    std::vector<std::string_view> names;
    names.reserve(object.size());
    for (const auto& member : object) names.push_back(member.first);
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice == names.end()) return true;
    return fail("the member \"" + to_utf8(twice->substr(0, 100)) + "\" stands twice");
  }

  Value root_;
  std::vector<Value> stack_;
  std::vector<std::string> keys_;  // the name that waits for its value, one a level
  std::string problem_;
};

}  // namespace

const Value* Value::find(std::string_view name) const {
  if (const auto* members = object())
    for (const auto& [key, value] : *members)
      if (key == name) return &value;
  return nullptr;
}

double Value::number_or(double fallback) const {
  if (const auto* i = integer()) return static_cast<double>(*i);
  if (const auto* d = real()) return *d;
  return fallback;
}

Value parse(std::string_view text) {
  Builder builder;
  rapidjson::Reader reader;
  rapidjson::MemoryStream raw(text.data(), text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(raw);
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                              rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseNumbersAsStringsFlag;
  const auto result = reader.Parse<kFlags>(stream, builder);
  if (!result) {
    const auto& why = builder.problem();
    throw ParseError((why.empty() ? std::string(rapidjson::GetParseError_En(result.Code())) : why) +
                         " (at byte " + std::to_string(result.Offset()) + ")",
                     builder.path());
  }
  return builder.take();
}

namespace {

/// Where RapidJSON writes. Its own buffer sets six bytes aside for each character of a string that
/// comes, which is 48 MiB for one of 8 MiB.
struct Text {
  using Ch = char;
  std::string bytes;
  void Put(char c) { bytes.push_back(c); }
  void Flush() {}
};

/// Bytes of that character within a JSON string, as RapidJSON writes it.
std::size_t size_of(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte == '"' || byte == '\\') return 2;
  if (byte >= 0x20) return 1;
  return byte == '\b' || byte == '\f' || byte == '\n' || byte == '\r' || byte == '\t' ? 2 : 6;
}

}  // namespace

std::size_t escaped_size(std::string_view text) {
  std::size_t size = 0;
  for (const char c : text) size += size_of(c);
  return size;
}

std::size_t written_size(std::string_view text) {
  constexpr std::size_t kQuotes = 2;
  return kQuotes + (is_utf8(text) ? escaped_size(text) : escaped_size(to_utf8(text)));
}

std::string_view escaped_within(std::string_view text, std::size_t room) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    const auto size = size_of(text[end]);
    if (size > room) break;
    room -= size;
  }
  if (end == text.size()) return text;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

struct Writer::Impl {
  Text text;
  rapidjson::Writer<Text> writer{text};
};

Writer::Writer() : impl_(std::make_unique<Impl>()) {}
Writer::~Writer() = default;

Writer& Writer::begin_object() {
  impl_->writer.StartObject();
  return *this;
}
Writer& Writer::end_object() {
  impl_->writer.EndObject();
  return *this;
}
Writer& Writer::begin_array() {
  impl_->writer.StartArray();
  return *this;
}
Writer& Writer::end_array() {
  impl_->writer.EndArray();
  return *this;
}
Writer& Writer::key(std::string_view name) {
  impl_->writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  return *this;
}
Writer& Writer::null() {
  impl_->writer.Null();
  return *this;
}
Writer& Writer::boolean(bool value) {
  impl_->writer.Bool(value);
  return *this;
}
Writer& Writer::integer(std::int64_t value) {
  impl_->writer.Int64(value);
  return *this;
}
Writer& Writer::real(double value) {
  if (!std::isfinite(value)) return null();
  impl_->writer.Double(value);
  return *this;
}
Writer& Writer::string(std::string_view value) {
  if (!is_utf8(value)) return string(to_utf8(value));
  // An empty view may hold no pointer, which RapidJSON asserts against.
  impl_->writer.String(value.empty() ? "" : value.data(),
                       static_cast<rapidjson::SizeType>(value.size()));
  return *this;
}
Writer& Writer::value(const Value& value) {
  if (const auto* b = value.boolean()) return boolean(*b);
  if (const auto* i = value.integer()) return integer(*i);
  if (const auto* d = value.real()) return real(*d);
  if (const auto* s = value.string()) return string(*s);
  if (const auto* items = value.array()) {
    begin_array();
    for (const auto& item : *items) this->value(item);
    return end_array();
  }
  if (const auto* members = value.object()) {
    begin_object();
    for (const auto& [name, member] : *members) key(name).value(member);
    return end_object();
  }
  return null();
}
Writer& Writer::raw(std::string_view json) {
  impl_->writer.RawValue(json.data(), json.size(), rapidjson::kObjectType);
  return *this;
}

std::string Writer::text() const { return impl_->text.bytes; }
std::string Writer::take() { return std::move(impl_->text.bytes); }
std::size_t Writer::size() const { return impl_->text.bytes.size(); }

}  // namespace runyard::json
