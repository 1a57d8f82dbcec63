#include "worker/webhooks/webhooks.hpp"

#include <unistd.h>

#include <stdexcept>

#include "core/errors.hpp"
#include "core/execution_store.hpp"
#include "worker/webhooks/own_addresses.hpp"
#include "worker/webhooks/sender.hpp"

namespace runyard {
namespace {

AddressRules rules_of(const std::string& allow) {
  try {
    return AddressRules(parse_networks(allow), own_addresses());
  } catch (const std::invalid_argument& e) {
    throw ConfigError("webhook_allow: \"" + std::string(e.what()) +
                      "\" is no network as 10.0.0.0/8 or fd00::/8, and no address");
  }
}

SenderSettings sender_settings(const WebhookSettings& settings) {
  if (!settings.ca_file.empty() && ::access(settings.ca_file.c_str(), R_OK) != 0)
    throw ConfigError("webhook_ca_file: " + settings.ca_file + " cannot be read");
  SenderSettings sender;
  sender.ca_file = settings.ca_file;
  return sender;
}

}  // namespace

struct Webhooks::Impl {
  Impl(const WebhookSettings& settings, const std::string& db, const std::string& worker)
      : database(db, 1),
        store(database),
        executions(database),
        sender(
            sender_settings(settings), worker, store,
            [this](const std::string& id, const std::string& owner) -> std::optional<WebhookBody> {
              auto execution = executions.find(id, owner);
              if (!execution) return std::nullopt;
              return webhook_body(std::move(*execution));
            },
            resolver, rules_of(settings.allow)) {}

  Database database;
  WebhookStore store;
  ExecutionStore executions;
  SystemResolver resolver;
  WebhookSender sender;
};

Webhooks::Webhooks(const WebhookSettings& settings, const std::string& db,
                   const std::string& worker) {
  rules_of(settings.allow);  // told also where nothing is sent
  if (settings.send) impl_ = std::make_unique<Impl>(settings, db, worker);
}

Webhooks::~Webhooks() = default;

}  // namespace runyard
