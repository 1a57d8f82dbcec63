#pragma once
// Who a client is, as far as the gateway knows: the API decides what that is worth.
#include <string>

namespace runyard::gateway {

/// What the API is told of a client. The gateway checks none of it.
struct Caller {
  std::string address;        ///< of the client, not of the proxy; never empty
  std::string user;           ///< whom the web server vouches for; empty: nobody
  std::string authorization;  ///< the header as it came; empty: none
  std::string api_key;        ///< the header X-API-Key as it came; empty: none
  std::string request_id;     ///< for the log and the API's log
};

}  // namespace runyard::gateway
