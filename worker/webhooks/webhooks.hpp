#pragma once
// The sending of webhooks as a whole, as the worker has it.
#include <memory>
#include <string>

namespace runyard {

struct WebhookSettings {
  bool send = true;
  std::string allow;    ///< networks beside the public internet, see parse_networks
  std::string ca_file;  ///< see Transfers
};

/// Sends from construction to destruction, with a connection to the database of its own, so that
/// nothing else in the worker waits for it. Throws ConfigError for wrong settings.
class Webhooks final {
 public:
  Webhooks(const WebhookSettings& settings, const std::string& db, const std::string& worker);
  ~Webhooks();
  Webhooks(const Webhooks&) = delete;
  Webhooks& operator=(const Webhooks&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runyard
