#include "core/access_rules.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "core/text.hpp"

namespace runyard {
namespace {

constexpr std::string_view kAny = "*";

std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 100;
  return '"' + to_utf8(text.substr(0, kShown)) + (text.size() > kShown ? "...\"" : "\"");
}

bool has(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool host_fits(const AccessRules& rules, std::string_view text) {
  const auto authority = parse_authority(text);
  if (!authority) return false;
  const auto& host = authority->host;
  return host == "localhost" || is_address_host(host) || has(rules.machine_hosts, host) ||
         has(rules.hosts, host);
}

AccessVerdict refuse_host(std::string_view host) {
  return {421,
          quoted(host) + " is no name of this server; its operator can add it to the setting hosts",
          {},
          false};
}

AccessVerdict refuse_page(const std::string& page) {
  return {403,
          page +
              " may not do this here; the operator can name its origin in the setting "
              "allowed_origins",
          {},
          false};
}

/// The first host that is none of this server's.
std::optional<std::string_view> foreign_host(const AccessRules& rules,
                                             const AccessRequest& request) {
  const bool asked = rules.open || !rules.hosts.empty();
  if (!asked || has(rules.hosts, kAny)) return std::nullopt;
  for (const auto host : request.hosts)
    if (!host.empty() && !host_fits(rules, host)) return host;
  const auto told = request.server_host;
  if (!told.empty() && told != "_" && !host_fits(rules, told)) return told;
  return std::nullopt;
}

bool all_are(const std::vector<std::string_view>& values, std::string_view one,
             std::string_view other) {
  return std::all_of(values.begin(), values.end(),
                     [&](std::string_view value) { return value == one || value == other; });
}

/// The page that asks was loaded from this server, or it is no page but the user who asks.
bool is_own(const AccessRequest& request, const std::optional<WebOrigin>& origin) {
  // What the browser says of it knows of proxies that change host or port on the way here.
  if (!request.fetch_sites.empty()) return all_are(request.fetch_sites, "same-origin", "none");
  if (!origin || request.hosts.empty()) return false;
  return std::all_of(request.hosts.begin(), request.hosts.end(), [&](std::string_view text) {
    const auto host = parse_authority(text);
    if (!host || host->host != origin->host) return false;
    return origin->port ==
           (host->port.empty() ? default_port(origin->scheme) : std::string_view(host->port));
  });
}

AccessVerdict decide_origin(const AccessRules& rules, const AccessRequest& request,
                            std::string_view text) {
  const auto origin = parse_origin(text);
  const bool listed =
      origin && (text == request.listed_origin ||
                 std::any_of(rules.allowed_origins.begin(), rules.allowed_origins.end(),
                             [&](const OriginPattern& pattern) {
                               return !pattern.all && pattern.fits(*origin);
                             }));
  if (listed || is_own(request, origin)) return {0, {}, std::string(text), true};
  const bool all =
      request.open_path || std::any_of(rules.allowed_origins.begin(), rules.allowed_origins.end(),
                                       [](const OriginPattern& pattern) { return pattern.all; });
  // Everybody's pages may call as nobody in particular, never as whoever sits before the browser.
  if (all && !request.vouched_user) return {0, {}, std::string(kAny), false};
  if (request.credentials) return {};
  return refuse_page("a page of " + quoted(text));
}

}  // namespace

bool OriginPattern::fits(const WebOrigin& other) const {
  if (all) return true;
  if (origin.scheme != other.scheme || (!any_port && origin.port != other.port)) return false;
  if (!below) return origin.host == other.host;
  const auto end = '.' + origin.host;
  return other.host.size() > end.size() &&
         other.host.compare(other.host.size() - end.size(), end.size(), end) == 0;
}

std::optional<OriginPattern> parse_origin_pattern(std::string_view text) {
  OriginPattern pattern;
  if (text == kAny) {
    pattern.all = true;
    return pattern;
  }
  std::string plain(text);
  constexpr std::string_view kAnyPort = ":*";
  if (plain.size() > kAnyPort.size() &&
      plain.compare(plain.size() - kAnyPort.size(), kAnyPort.size(), kAnyPort) == 0) {
    pattern.any_port = true;
    plain.resize(plain.size() - kAnyPort.size());
  }
  constexpr std::string_view kBelow = "://*.";
  if (const auto at = plain.find(kBelow); at != std::string::npos) {
    pattern.below = true;
    plain.erase(at + 3, 2);
  }
  const auto origin = parse_origin(plain);
  // "https://*.com" or below an address is nobody's own.
  if (!origin || (pattern.below &&
                  (origin->host.find('.') == std::string::npos || is_address_host(origin->host))))
    return std::nullopt;
  pattern.origin = *origin;
  return pattern;
}

AccessVerdict decide_access(const AccessRules& rules, const AccessRequest& request) {
  if (const auto host = foreign_host(rules, request)) return refuse_host(*host);
  if (request.origins.empty()) {
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if ((reads && !request.get_acts) || request.credentials ||
        (request.open_path && !request.vouched_user) || is_own(request, std::nullopt) ||
        request.fetch_sites.empty())
      return {};
    return refuse_page("a page of another site");
  }
  AccessVerdict verdict;
  for (const auto origin : request.origins) {
    verdict = decide_origin(rules, request, origin);
    if (verdict.status != 0) break;
  }
  return verdict;
}

std::vector<std::string> machine_hosts() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  const auto authority = parse_authority(name.data());
  if (!authority || !authority->port.empty()) return {};
  std::vector<std::string> names{authority->host};
  const auto dot = authority->host.find('.');
  if (dot != std::string::npos && !is_address_host(authority->host))
    names.push_back(authority->host.substr(0, dot));
  return names;
}

namespace {

std::vector<std::string> words_of(std::string text) {
  std::replace(text.begin(), text.end(), ',', ' ');
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

}  // namespace

Setting hosts_setting(AccessRules& rules) {
  Setting setting;
  setting.name = "hosts";
  setting.help =
      "names under which this server is called, separated by commas, beside localhost, this "
      "machine's name and all addresses; others are 421; *: any; none named: any with auth = "
      "required";
  setting.parse = [&rules](const std::string& text) -> std::string {
    std::vector<std::string> hosts;
    for (const auto& word : words_of(text)) {
      const auto authority = parse_authority(word);
      if (word != kAny && (!authority || word.back() == ':' || !authority->port.empty()))
        return quoted(word) + " is no host as judge.example, without scheme and port";
      hosts.push_back(word == kAny ? word : authority->host);
    }
    rules.hosts = std::move(hosts);
    return {};
  };
  return setting;
}

Setting allowed_origins_setting(AccessRules& rules) {
  Setting setting;
  setting.name = "allowed_origins";
  setting.help =
      "origins of other pages that may call, separated by commas: https://site.example[:port], "
      "https://*.site.example, http://localhost:*; *: all, though never as a user whom the web "
      "server signed in";
  setting.parse = [&rules](const std::string& text) -> std::string {
    std::vector<OriginPattern> origins;
    for (const auto& word : words_of(text)) {
      const auto pattern = parse_origin_pattern(word);
      if (!pattern) return quoted(word) + " is no origin like https://example.com, without a path";
      origins.push_back(*pattern);
    }
    rules.allowed_origins = std::move(origins);
    return {};
  };
  return setting;
}

std::vector<std::string> access_warnings(const AccessRules& rules) {
  std::vector<std::string> warnings;
  if (rules.open && has(rules.hosts, kAny))
    warnings.emplace_back(
        "hosts = * with auth = open: a page whose name is made to lead here (DNS rebinding) runs "
        "programs and reads outputs as the visitor's address");
  if (std::any_of(rules.allowed_origins.begin(), rules.allowed_origins.end(),
                  [](const OriginPattern& pattern) { return pattern.all; }))
    warnings.emplace_back(
        "allowed_origins = *: pages of every site may call from a visitor's browser" +
        std::string(rules.open ? ", and auth = open asks them for nothing" : ""));
  return warnings;
}

}  // namespace runyard
