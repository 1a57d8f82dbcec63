#include "fcgi-app/auth/authenticator.hpp"
#include "fcgi-app/owner.hpp"

namespace runyard {

std::variant<Caller, Problem> AnonymousAuthenticator::identify(const Request& request) {
  auto owner = owner_of(request);
  if (!owner) return Problem{401, "the web server's name for this user cannot be used", {}};
  Caller caller;
  caller.owner = std::move(*owner);
  return caller;
}

}  // namespace runyard
