#pragma once
// The counting of a submission, for the transaction that makes it.
#include <optional>
#include <string>

#include "core/database_connection.hpp"
#include "core/quota.hpp"

namespace runyard {

/// Prepares the statements; called before the transaction begins.
void prepare_charge(DatabaseConnection& connection);

/// Counts one more submission of the owner, whose other submissions wait from here to the end of
/// the transaction: what is measured stays true until then. After a refusal the caller rolls back.
std::optional<QuotaExceeded> charge(pqxx::transaction_base& transaction, const std::string& owner,
                                    const QuotaLimits& limits);

/// The same for a live run of that id. What was submitted by that id before is not in its own way.
std::optional<QuotaExceeded> charge_live(pqxx::transaction_base& transaction,
                                         const std::string& owner, const std::string& id,
                                         int limit);

}  // namespace runyard
