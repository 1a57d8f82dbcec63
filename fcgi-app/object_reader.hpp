#pragma once
// Reading one JSON object of a request, strictly, with every mistake collected instead of the first
// thrown.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "fcgi-app/problem.hpp"

namespace runyard {

/// The mistakes of one body.
class BodyErrors final {
 public:
  void add(std::string field, std::string message);
  /// A text with a NUL where none can be: the body is malformed rather than wrong (400, not 422).
  void add_nul(std::string field);
  void add_unavailable(std::string field, std::string message);

  bool empty() const { return fields_.empty(); }
  /// 400 when some text is malformed, else 422.
  int status() const { return malformed_ ? 400 : 422; }
  std::vector<ProblemField>& fields() { return fields_; }
  const std::vector<ProblemField>& fields() const { return fields_; }

 private:
  std::vector<ProblemField> fields_;
  bool malformed_ = false;
};

/// What a text must be. A NUL is refused unless it is allowed.
struct TextRule {
  std::size_t max_bytes;
  bool nul_allowed = false;
  bool empty_allowed = true;
};

/// The members of one object. Each read marks a name as known; what is left at the end is unknown.
/// A member that is absent and one that is wrong both come back empty; only the latter adds a
/// mistake.
class ObjectReader final {
 public:
  /// `path` stands before the names in messages: "", "limits." or "tests[3].". Both referenced
  /// objects must outlive the reader. A value that is no object is a mistake of its own (named
  /// `path` without its dot).
  ObjectReader(const json::Value& value, std::string path, BodyErrors& errors);

  bool is_object() const { return object_ != nullptr; }
  std::string path(std::string_view name) const { return path_ + std::string(name); }

  const json::Value* member(std::string_view name);
  const std::string* text(std::string_view name, const TextRule& rule);
  const std::string* required_text(std::string_view name, const TextRule& rule);
  std::optional<bool> boolean(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t minimum,
                                      std::int64_t maximum);
  /// A finite number. `above_zero` refuses 0 as well.
  std::optional<double> number(std::string_view name, bool above_zero, double maximum);
  const json::Array* array(std::string_view name, std::size_t max_items);
  /// An array of texts, at most `max_total` bytes together.
  std::vector<std::string> texts(std::string_view name, std::size_t max_items,
                                 std::size_t max_total);
  /// One of `choices`, each a name.
  const std::string* choice(std::string_view name, const std::vector<std::string>& choices);

  /// A mistake for each member that nobody asked for.
  void refuse_unknown();

 private:
  void wrong(std::string_view name, std::string message);

  const json::Object* object_;
  const std::string path_;
  BodyErrors& errors_;
  std::vector<std::string_view> known_;
};

/// Checks one text by the rule; false after adding the mistake.
bool check_text(const json::Value& value, const std::string& field, const TextRule& rule,
                BodyErrors& errors);

}  // namespace runyard
