#pragma once
// How a receiver knows that a webhook came from here: https://www.standardwebhooks.com, whose
// libraries check it unchanged. Pure.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runyard {

/// "v1," and the base64 of the HMAC-SHA256 of `id.timestamp.body`, by the bytes that the secret
/// ("whsec_" and base64) stands for. Throws std::invalid_argument for another form of a secret.
std::string webhook_signature(const std::string& secret, std::string_view id,
                              std::int64_t timestamp, std::string_view body);

/// The value of the header: one signature for each secret, separated by spaces.
std::string webhook_signatures(const std::vector<std::string>& secrets, std::string_view id,
                               std::int64_t timestamp, std::string_view body);

}  // namespace runyard
