#pragma once
// From a host's name to its addresses, without waiting for an answer.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "worker/webhooks/address_rules.hpp"

namespace runyard {

struct Resolved {
  std::vector<IpAddress> addresses;  ///< in the order in which they are to be tried
  std::string error;                 ///< why there are none
};

/// Tests put another one in its place.
class Resolver {
 public:
  using Answer = std::function<void(Resolved)>;

  virtual ~Resolver() = default;

  /// Asks once for the addresses of a host (a name, or an address, which stands for itself). True:
  /// `answer` is called once, on any thread, perhaps long after whoever asked has given up. False:
  /// too many answers are awaited, and it will not be called.
  virtual bool resolve(const std::string& host, Answer answer) = 0;
};

/// getaddrinfo(3), each on a thread of its own: it has no deadline and cannot be stopped, so a name
/// server that does not answer costs a thread, and nobody's time. The threads outlive this object.
class SystemResolver final : public Resolver {
 public:
  /// `most` answers are awaited at a time.
  explicit SystemResolver(int most = 64);

  bool resolve(const std::string& host, Answer answer) override;

 private:
  struct Count;
  std::shared_ptr<Count> count_;
};

}  // namespace runyard
