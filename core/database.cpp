#include "core/database.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <vector>

#include "core/database_connection.hpp"
#include "core/errors.hpp"

namespace runyard {
namespace {

constexpr std::chrono::seconds kWaitForConnection{5};

/// A server that shuts down or starts up answers with class 57P errors before it hangs up; 57014 is
/// a statement that it could not do within statement_timeout.
bool server_goes_away(const pqxx::sql_error& e) {
  return e.sqlstate().rfind("57P", 0) == 0 || e.sqlstate() == "57014";
}

}  // namespace

struct Database::Impl {
  std::string options;
  int size;
  std::mutex mutex;
  std::condition_variable released;
  int lent = 0;                                           // under mutex
  std::vector<std::unique_ptr<DatabaseConnection>> idle;  // under mutex

  /// nullptr: the caller may open a new one.
  std::unique_ptr<DatabaseConnection> take() {
    std::unique_lock lock(mutex);
    if (!released.wait_for(lock, kWaitForConnection, [&] { return lent < size; }))
      throw DatabaseUnavailable("all connections to the database are busy");
    ++lent;
    if (idle.empty()) return nullptr;
    auto connection = std::move(idle.back());
    idle.pop_back();
    return connection;
  }

  void give_back(std::unique_ptr<DatabaseConnection> connection) {
    {
      const std::lock_guard lock(mutex);
      --lent;
      if (connection) idle.push_back(std::move(connection));
    }
    released.notify_one();
  }

  void forget_idle() {
    const std::lock_guard lock(mutex);
    idle.clear();
  }
};

void set_session_defaults(const std::vector<std::string>& settings) {
  std::string options;
  for (const auto& setting : settings) options += (options.empty() ? "-c " : " -c ") + setting;
  // Environment variables of libpq, since a connection string may be a URI that nothing can be
  // added to.
  ::setenv("PGCONNECT_TIMEOUT", "3", 0);
  ::setenv("PGOPTIONS", options.c_str(), 0);
}

void check_connection_string(const std::string& options) {
  char* mistake = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
      PQconninfoParse(options.c_str(), &mistake), &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> text(mistake, &PQfreemem);
  if (!parsed) throw ConfigError("db: " + one_line(text ? text.get() : "out of memory"));
}

Database::Database(std::string options, int size) : impl_(std::make_unique<Impl>()) {
  check_connection_string(options);
  impl_->options = std::move(options);
  impl_->size = size;
}

Database::~Database() = default;

void Database::run(const std::function<void(DatabaseConnection&)>& work) {
  auto connection = impl_->take();
  // Gives the place in the pool back however this ends; a connection that threw is not kept.
  struct Place {
    Impl& impl;
    std::unique_ptr<DatabaseConnection> kept;
    ~Place() { impl.give_back(std::move(kept)); }
  } place{*impl_, nullptr};

  for (int attempt = 1;; ++attempt) {
    try {
      if (!connection) connection = std::make_unique<DatabaseConnection>(impl_->options);
      work(*connection);
      place.kept = std::move(connection);
      return;
    } catch (const pqxx::broken_connection& e) {
      if (attempt == 2) throw DatabaseUnavailable(one_line(e.what()));
    } catch (const pqxx::sql_error& e) {
      if (!server_goes_away(e)) {
        place.kept = std::move(connection);
        throw;
      }
      if (attempt == 2) throw DatabaseUnavailable(one_line(e.what()));
    }
    connection.reset();
    impl_->forget_idle();  // what broke one has broken the others
  }
}

std::string array_literal(const std::vector<std::string>& texts) {
  std::string out = "{";
  for (const auto& text : texts) {
    if (out.size() > 1) out += ',';
    out += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out + "}";
}

}  // namespace runyard
