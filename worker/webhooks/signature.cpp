#include "worker/webhooks/signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>

#include "core/text.hpp"

namespace runyard {

std::string webhook_signature(const std::string& secret, std::string_view id,
                              std::int64_t timestamp, std::string_view body) {
  constexpr std::string_view kPrefix = "whsec_";
  const auto key = secret.rfind(kPrefix, 0) == 0
                       ? base64_decode(std::string_view(secret).substr(kPrefix.size()))
                       : std::nullopt;
  if (!key || key->empty()) throw std::invalid_argument("the webhook secret has another form");
  std::string text(id);
  text.append(".").append(std::to_string(timestamp)).append(".").append(body);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (!::HMAC(::EVP_sha256(), key->data(), static_cast<int>(key->size()),
              reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size))
    throw std::runtime_error("HMAC-SHA256 is not available");
  return "v1," + base64_encode({reinterpret_cast<const char*>(digest), size});
}

std::string webhook_signatures(const std::vector<std::string>& secrets, std::string_view id,
                               std::int64_t timestamp, std::string_view body) {
  std::string all;
  for (const auto& secret : secrets)
    all += (all.empty() ? "" : " ") + webhook_signature(secret, id, timestamp, body);
  return all;
}

}  // namespace runyard
