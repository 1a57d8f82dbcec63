#include "admin/command.hpp"
#include "core/account.hpp"
#include "core/admin_user_store.hpp"
#include "core/ids.hpp"

namespace runyard::admin {

void check_id(const std::string& text, const std::string& what) {
  if (!is_uuid(text)) throw Failure(kWrongUsage, what + " must be a UUID, not \"" + text + "\"");
}

std::string owner_named(Session& session, const std::string& text) {
  const auto begins = [&](const std::string& with) { return text.rfind(with, 0) == 0; };
  if (begins("account:") && !account_of(text))
    throw Failure(kWrongUsage, "OWNER \"" + text + "\" must have a number behind account:");
  for (const char* kind : {"account:", "user:", "addr:"})
    if (begins(kind) && text.size() > std::string(kind).size()) return text;
  const auto account = AdminUserStore(session.database).find(text);
  if (!account)
    throw Failure(kNoSuchThing, "there is no user \"" + text +
                                    "\" (nor is it account:ID, user:NAME or addr:NETWORK)");
  return account_owner(account->user.id);
}

}  // namespace runyard::admin
