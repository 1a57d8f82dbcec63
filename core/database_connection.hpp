#pragma once
// libpqxx for the .cpp files of stores. The differences between its versions 6.4 and 7.10 end here.
#include <optional>
#include <pqxx/pqxx>
#include <set>
#include <string>
#include <vector>

#include "core/text.hpp"

namespace runyard {

/// A statement that is prepared once a connection. Constants of the stores.
struct Statement {
  const char* name;
  const char* sql;
};

/// Runs a statement that was prepared under this name.
template <typename... Parameters>
pqxx::result exec_prepared(pqxx::transaction_base& transaction, const char* name,
                           Parameters&&... parameters) {
// 7.10 deprecates its own exec_prepared and brought a successor.
#if defined(PQXX_VERSION_MAJOR) && \
    (PQXX_VERSION_MAJOR > 7 || (PQXX_VERSION_MAJOR == 7 && PQXX_VERSION_MINOR >= 10))
  return transaction.exec(pqxx::prepped{name},
                          pqxx::params{std::forward<Parameters>(parameters)...});
#else
  return transaction.exec_prepared(name, std::forward<Parameters>(parameters)...);
#endif
}

/// The same connection string, as names and values, with TCP settings that find out within 10 s
/// that the other side has vanished; those that it has itself stay. They have no meaning on a local
/// socket.
std::string with_loss_detection(const std::string& options);

/// One session. Not thread-safe.
class DatabaseConnection final {
 public:
  explicit DatabaseConnection(const std::string& options)
      : connection_(with_loss_detection(options)) {}

  /// Runs one statement in a transaction of its own. Parameters are texts and numbers; see null_or.
  template <typename... Parameters>
  pqxx::result exec(const Statement& statement, Parameters&&... parameters) {
    prepare(statement);
    pqxx::nontransaction transaction(connection_);
    return exec_prepared(transaction, statement.name, std::forward<Parameters>(parameters)...);
  }

  /// For a transaction of the caller's own, before it begins: see exec_prepared.
  void prepare(const Statement& statement) {
    if (prepared_.count(statement.name) != 0) return;
    connection_.prepare(statement.name, statement.sql);
    prepared_.insert(statement.name);
  }

  pqxx::connection& raw() { return connection_; }

 private:
  pqxx::connection connection_;
  std::set<std::string> prepared_;
};

/// What libpq says often takes several lines and ends with one: as one, for a log or a person.
inline std::string one_line(const std::string& message) {
  std::string line;
  for (const char c : message) {
    const bool space = c == '\n' || c == '\t' || c == '\r' || c == ' ';
    if (!space) line += c;
    if (space && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

/// SQL NULL for an absent value. Points into `text`.
inline const char* null_or(const std::optional<std::string>& text) {
  return text ? text->c_str() : nullptr;
}
inline const char* null_if_empty(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}

template <typename T>
std::optional<T> optional_field(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return field.as<T>();
}

/// A column's text; "" for NULL.
inline std::string text_of(const pqxx::field& field) {
  return field.is_null() ? std::string() : std::string(field.c_str());
}

/// A bytea column's bytes; none for NULL.
inline std::string bytes_of(const pqxx::field& field) {
  return field.is_null() ? std::string() : bytea_decode(field.c_str());
}

/// A PostgreSQL array literal of texts: {"a","b"}.
std::string array_literal(const std::vector<std::string>& texts);

}  // namespace runyard
