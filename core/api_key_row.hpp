#pragma once
// Rows of api_keys, for the stores that read them.
#include <algorithm>

#include "core/database_connection.hpp"
#include "core/user_store.hpp"

namespace runyard {

#define RUNYARD_KEY_TIME(column) \
  "to_char(" column " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"

// Scopes come as one text, so that nobody has to read PostgreSQL's arrays.
#define RUNYARD_KEY_COLUMNS                                           \
  "id, owner, name, array_to_string(scopes, ','), " RUNYARD_KEY_TIME( \
      "created_at") ", " RUNYARD_KEY_TIME("last_used_at")

/// Of RUNYARD_KEY_COLUMNS.
inline ApiKey api_key_of(const pqxx::row& row) {
  ApiKey key{row[0].c_str(), row[1].c_str(), row[2].c_str(), {}, row[4].c_str(), {}};
  const std::string scopes = row[3].c_str();
  for (std::size_t at = 0; at < scopes.size();) {
    const auto comma = std::min(scopes.find(',', at), scopes.size());
    key.scopes.push_back(scopes.substr(at, comma - at));
    at = comma + 1;
  }
  key.last_used_at = optional_field<std::string>(row[5]);
  return key;
}

}  // namespace runyard
