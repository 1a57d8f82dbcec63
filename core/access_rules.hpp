#pragma once
// Who may call, as far as the page counts from which a browser does. Pure: API and gateway decide
// by this one function, before they look at the path.
//
// A browser sends requests to any server that its user can reach, whatever page asks for it. What
// the page may then do is bounded in three ways:
// - By the host. A page of evil.example whose name is made to lead to this server (DNS rebinding)
// is
//   of its own origin here, but the browser still names evil.example. Addresses are no names: a
//   page that was loaded from an address comes from that address.
// - By the origin, which browsers send with all that may change something, and with all that a page
//   may read; the page cannot choose it.
// - By Sec-Fetch-Site, in which the browser itself says whether page and server belong together.
//   Only sent to HTTPS and to the machine's own addresses, so it adds to the others.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config.hpp"
#include "core/web_origin.hpp"

namespace runyard {

/// What a setting may say of origins: "https://site.example", "https://*.site.example" (all below
/// it), "http://localhost:*" (any port), "*" (all).
struct OriginPattern {
  bool all = false;
  WebOrigin origin{};
  bool below = false;  ///< hosts that end with "." and this host
  bool any_port = false;

  bool fits(const WebOrigin& other) const;
};
std::optional<OriginPattern> parse_origin_pattern(std::string_view text);

/// The settings. Constant once a program runs.
struct AccessRules {
  /// Callers without credentials are served (auth = open).
  bool open = true;
  /// As the operator named them, normalised; "*": all. When there are none, only an open server
  /// asks what it is called.
  std::vector<std::string> hosts{};
  /// What this machine calls itself, beside "localhost" and all addresses.
  std::vector<std::string> machine_hosts{};
  std::vector<OriginPattern> allowed_origins{};
};

/// What a request says. A header that came several times counts each time.
struct AccessRequest {
  std::string_view method;
  std::vector<std::string_view> hosts{};        ///< Host
  std::vector<std::string_view> origins{};      ///< Origin
  std::vector<std::string_view> fetch_sites{};  ///< Sec-Fetch-Site
  /// The host as the web server has understood it; "" and "_": it said nothing.
  std::string_view server_host{};
  /// The origin when the web server's own list has it, else "".
  std::string_view listed_origin{};
  /// The web server vouches for a user, by what the browser sends unasked, such as a cookie.
  bool vouched_user = false;
  /// A token or key in a header, which no page can send unless it was allowed to.
  bool credentials = false;
  /// Even a GET does something, such as opening a connection.
  bool get_acts = false;
  /// The operator opened this path to pages of all origins.
  bool open_path = false;
};

struct AccessVerdict {
  /// 0: may call. 421: the host is none of this server's. 403: a page of elsewhere.
  int status = 0;
  /// Of a refusal: one sentence that names the host or origin, and the setting.
  std::string detail{};
  /// What Access-Control-Allow-Origin says: the page's own origin, "*", or "" for none.
  std::string cors_origin{};
  /// The origin is this server's or was named: it may also come with what the browser sends
  /// unasked.
  bool named = false;
};

AccessVerdict decide_access(const AccessRules& rules, const AccessRequest& request);

/// The name of this machine, whole and up to its first dot, as rules know it.
std::vector<std::string> machine_hosts();

/// The settings `hosts` and `allowed_origins`, bound to `rules`.
Setting hosts_setting(AccessRules& rules);
Setting allowed_origins_setting(AccessRules& rules);

/// What an operator should know of these rules, one sentence each.
std::vector<std::string> access_warnings(const AccessRules& rules);

}  // namespace runyard
