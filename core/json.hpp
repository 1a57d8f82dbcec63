#pragma once
// The one door to RapidJSON: strict reading of hostile text into plain values, and writing.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace runyard::json {

/// The text is not JSON as RFC 8259 and the rules of `parse` have it; what() is for people.
class ParseError : public std::runtime_error {
 public:
  explicit ParseError(const std::string& what, std::string field = {})
      : std::runtime_error(what), field_(std::move(field)) {}
  /// The member whose value could not be read, e.g. "limits.wall_ms" or "args[2]"; "" when it is
  /// none's.
  const std::string& field() const { return field_; }

 private:
  std::string field_;
};

class Value;
using Array = std::vector<Value>;
/// Members in the order of the text; their names are unique.
using Object = std::vector<std::pair<std::string, Value>>;

/// One JSON value. Copying copies all that is below it.
class Value final {
 public:
  Value() = default;
  explicit Value(bool b) : data_(b) {}
  explicit Value(std::int64_t i) : data_(i) {}
  explicit Value(double d) : data_(d) {}
  explicit Value(std::string s) : data_(std::move(s)) {}
  explicit Value(Array a) : data_(std::move(a)) {}
  explicit Value(Object o) : data_(std::move(o)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  /// Each returns nullptr when the value is of another kind. An integer is a number written without
  /// fraction and exponent that fits in 64 bits; every other number is a double.
  const bool* boolean() const { return std::get_if<bool>(&data_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&data_); }
  const double* real() const { return std::get_if<double>(&data_); }
  const std::string* string() const { return std::get_if<std::string>(&data_); }
  const Array* array() const { return std::get_if<Array>(&data_); }
  const Object* object() const { return std::get_if<Object>(&data_); }
  Array* array() { return std::get_if<Array>(&data_); }
  Object* object() { return std::get_if<Object>(&data_); }

  /// The member of that name, or nullptr when there is none or this is no object.
  const Value* find(std::string_view name) const;
  /// An integer or a real as a double; `fallback` for anything else.
  double number_or(double fallback) const;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> data_;
};

constexpr int kMaxDepth = 32;

/// Reads one whole text. Throws ParseError (with the byte offset) when it is not JSON, nests deeper
/// than kMaxDepth, names a member twice in one object, writes a number beyond the range of a
/// double, is not valid UTF-8 or escapes a lone surrogate. Strings may hold NUL. The caller bounds
/// the size of the text.
Value parse(std::string_view text);

/// Bytes that a UTF-8 text has within a JSON string, without its quotes: up to six a character.
std::size_t escaped_size(std::string_view text);
/// The longest begin of a UTF-8 text, in whole characters, whose escaped_size is at most `room`.
std::string_view escaped_within(std::string_view text, std::size_t room);
/// Bytes that Writer::string() writes for it, with its quotes and escapes.
std::size_t written_size(std::string_view text);

/// Builds a JSON text in order. Misuse (a key outside an object, ...) is an assertion of RapidJSON.
class Writer final {
 public:
  Writer();
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Writer& begin_object();
  Writer& end_object();
  Writer& begin_array();
  Writer& end_array();
  Writer& key(std::string_view name);
  Writer& null();
  Writer& boolean(bool value);
  Writer& integer(std::int64_t value);
  /// Not a number and infinities are written as null.
  Writer& real(double value);
  /// What is no UTF-8 is written as to_utf8() (core/text.hpp) has it: whatever comes in, what comes
  /// out is JSON.
  Writer& string(std::string_view value);
  Writer& value(const Value& value);
  /// A text that is JSON already.
  Writer& raw(std::string_view json);

  Writer& member(std::string_view name, std::string_view text) { return key(name).string(text); }
  Writer& member(std::string_view name, const char* text) { return key(name).string(text); }
  Writer& member(std::string_view name, std::int64_t number) { return key(name).integer(number); }
  Writer& member(std::string_view name, int number) { return key(name).integer(number); }
  Writer& member(std::string_view name, bool truth) { return key(name).boolean(truth); }
  Writer& member(std::string_view name, double number) { return key(name).real(number); }

  /// The text so far; complete once every begin has its end.
  std::string text() const;
  /// The same without a copy; nothing may be written afterwards.
  std::string take();
  /// Bytes of the text so far.
  std::size_t size() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runyard::json
