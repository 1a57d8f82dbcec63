#pragma once
// Webhooks as the operator sees them, whoever's they are.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/database.hpp"

namespace runyard {

struct WebhookRow {
  std::string id;
  std::string execution_id;
  std::string owner;
  std::string url;
  std::string state;  ///< PENDING, DELIVERED or FAILED
  int attempt = 0;
  std::string created_at;  ///< RFC 3339, UTC
  std::string last_error;  ///< of its last attempt; "": there was none
};

/// Thread-safe. Every call throws DatabaseUnavailable when PostgreSQL cannot be reached.
class AdminWebhookStore final {
 public:
  explicit AdminWebhookStore(Database& database) : database_(database) {}

  /// The newest first; `failed`: only those that were given up.
  std::vector<WebhookRow> list(bool failed, int most);
  /// Execution and owner of a webhook, by its own id or the execution's.
  std::optional<std::pair<std::string, std::string>> find(const std::string& id);

 private:
  Database& database_;
};

}  // namespace runyard
