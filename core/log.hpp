#pragma once
// The one door to spdlog: one line an event, `key=value` pairs, values escaped so that nothing a
// program or a client sent can forge a line. Never log secrets or submitted code.
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace runyard::log {

/// One pair of a line.
struct Field {
  std::string_view key;
  std::string value;

  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const std::string& v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  template <typename Number, typename = std::enable_if_t<std::is_arithmetic_v<Number>>>
  Field(std::string_view k, Number v) : key(k), value(std::to_string(v)) {}
};
using Fields = std::initializer_list<Field>;

/// Lines go to stderr, which the supervisor keeps. `level`: debug, info, warn, error.
void init(const std::string& program, const std::string& level);

void debug(std::string_view event, Fields fields = {});
void info(std::string_view event, Fields fields = {});   ///< one a state change
void warn(std::string_view event, Fields fields = {});   ///< we coped
void error(std::string_view event, Fields fields = {});  ///< somebody should look

/// The line's pairs as text; for tests.
std::string format(std::string_view event, Fields fields);

}  // namespace runyard::log
