#include "core/admin_webhook_store.hpp"

#include "core/database_connection.hpp"

namespace runyard {
namespace {

constexpr Statement kList{
    "admin_webhooks",
    "select w.id, w.execution_id, w.owner, w.url, w.state, w.attempt,\n"
    "       to_char(w.created_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'),\n"
    "       (select case when a.error <> '' then a.error end from webhook_attempts a\n"
    "        where a.webhook_id = w.id order by a.id desc limit 1)\n"
    "from webhooks w\n"
    "where not $1 or w.state = 'FAILED'\n"
    "order by w.created_at desc, w.id limit $2"};

constexpr Statement kFind{"admin_find_webhook",
                          "select execution_id, owner from webhooks\n"
                          "where id = $1::uuid or execution_id = $1::uuid"};

}  // namespace

std::vector<WebhookRow> AdminWebhookStore::list(bool failed, int most) {
  std::vector<WebhookRow> found;
  database_.run([&](DatabaseConnection& connection) {
    found.clear();
    for (const auto& row : connection.exec(kList, failed, most))
      found.push_back({row[0].c_str(), row[1].c_str(), row[2].c_str(), row[3].c_str(),
                       row[4].c_str(), row[5].as<int>(), row[6].c_str(), text_of(row[7])});
  });
  return found;
}

std::optional<std::pair<std::string, std::string>> AdminWebhookStore::find(const std::string& id) {
  std::optional<std::pair<std::string, std::string>> found;
  database_.run([&](DatabaseConnection& connection) {
    found.reset();
    for (const auto& row : connection.exec(kFind, id))
      found = std::pair<std::string, std::string>(row[0].c_str(), row[1].c_str());
  });
  return found;
}

}  // namespace runyard
