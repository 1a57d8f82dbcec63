#pragma once
// The one door to libcurl: requests that are under way at the same time, driven by one thread.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/callback_url.hpp"
#include "worker/webhooks/address_rules.hpp"

namespace runyard {

constexpr std::size_t kMaxAnswerBytes = 65'536;
/// Of a name's addresses so many are tried: whoever owns the name can give it thousands, and a
/// worker is not to knock at all of them.
constexpr std::size_t kMaxAddresses = 8;

/// One POST.
struct Transfer {
  std::string id;  ///< the caller's
  CallbackUrl url;
  std::vector<IpAddress> addresses;  ///< of the host: connected to one of the first and no other
  std::vector<std::string> headers;  ///< "Name: value"
  std::string body;
  std::chrono::milliseconds time{10'000};  ///< until the whole answer is there
};

struct TransferEnd {
  std::string id;
  int status = 0;                                   ///< of the answer; 0: there was none
  std::string error;                                ///< why; nothing of what the receiver wrote
  std::optional<std::chrono::seconds> retry_after;  ///< that the receiver asked for
};

/// All but wake() is for one thread. Follows no redirect, knows no proxy, keeps no connection and
/// no cookie, verifies certificates. Headers and body of an answer are read up to kMaxAnswerBytes
/// together and thrown away; an answer counts by its status as soon as its headers are complete,
/// however long or slow the rest is.
class Transfers final {
 public:
  /// `ca_file`: certificates to trust in place of the system's; empty: those.
  explicit Transfers(std::string ca_file = {});
  ~Transfers();
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;

  void start(Transfer transfer);

  /// Moves all on, waiting up to `wait` for something to happen; gives those that have ended.
  std::vector<TransferEnd> run(std::chrono::milliseconds wait);

  /// Ends the wait of run(), now or the next one. From any thread.
  void wake();

  std::size_t size() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runyard
