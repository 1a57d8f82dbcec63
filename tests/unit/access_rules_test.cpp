#include "core/access_rules.hpp"

#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

AccessRules rules_of(const std::string& hosts = "", const std::string& origins = "",
                     bool open = true) {
  AccessRules rules;
  rules.open = open;
  rules.machine_hosts = {"box"};
  REQUIRE(hosts_setting(rules).parse(hosts).empty());
  REQUIRE(allowed_origins_setting(rules).parse(origins).empty());
  return rules;
}

int status_of(const AccessRules& rules, const AccessRequest& request) {
  return decide_access(rules, request).status;
}

AccessRequest get_from(std::string_view host) {
  AccessRequest request;
  request.method = "GET";
  request.hosts = {host};
  return request;
}

/// A page of this origin, by fetch() and the like.
AccessRequest post_by(std::string_view origin, std::string_view host = "localhost:8080") {
  AccessRequest request;
  request.method = "POST";
  request.hosts = {host};
  request.origins = {origin};
  return request;
}

}  // namespace

TEST_CASE("an open server answers to the machine's names, all addresses and what is named") {
  const auto rules = rules_of("Judge.Example, runyard.lan.");
  for (const char* host :
       {"localhost", "localhost:8080",   "LOCALHOST:8080",     "localhost.",   "localhost.:8080",
        "127.0.0.1", "127.0.0.1:8080",   "127.1.2.3",          "[::1]",        "[::1]:8080",
        "[0:0::1]",  "192.168.1.5:8080", "[2001:db8::5]:443",  "0.0.0.0:8080", "box",
        "BOX.:80",   "judge.example",    "JUDGE.example.:443", "runyard.lan",  ""}) {
    INFO(host);
    CHECK(status_of(rules, get_from(host)) == 0);
  }
  for (const char* host : {"evil.example",
                           "evil.example:8080",
                           "localhost.evil.example",
                           "xlocalhost",
                           "127.0.0.1.evil.example",
                           "judge.example.evil.example",
                           "a.judge.example",
                           "boxy",
                           "localhost@evil.example",
                           "evil.example@localhost",
                           "localhost,evil.example",
                           "localhost evil",
                           "localhost/",
                           "localhost#",
                           "localhost..",
                           ".localhost",
                           ".",
                           "127.1",
                           "2130706433",
                           "0x7f.0.0.1",
                           "[::1",
                           "[evil.example]",
                           "[::1]x",
                           "[::1%25lo]",
                           "[127.0.0.1]",
                           "::1",
                           "localhost:80x",
                           "localhost:123456",
                           "localhost:-1",
                           "localh\xc3\xb6st",
                           "_"}) {
    INFO(host);
    const auto verdict = decide_access(rules, get_from(host));
    CHECK(verdict.status == 421);
    CHECK(verdict.detail.find("setting hosts") != std::string::npos);
    CHECK(verdict.detail.find(std::string(host).substr(0, 8)) != std::string::npos);
  }
}

TEST_CASE("a request without a host is no browser's") {
  AccessRequest request;
  request.method = "POST";
  CHECK(status_of(rules_of(), request) == 0);
}

TEST_CASE("each host that a request names counts, also the one of its first line") {
  auto twice = get_from("localhost");
  twice.hosts.emplace_back("evil.example");
  CHECK(status_of(rules_of(), twice) == 421);
  auto absolute = get_from("localhost");
  absolute.server_host = "evil.example";
  CHECK(status_of(rules_of(), absolute) == 421);
  AccessRequest third_version;  // of HTTP, where Nginx passes no Host
  third_version.method = "GET";
  third_version.server_host = "evil.example";
  CHECK(status_of(rules_of(), third_version) == 421);
  for (const char* nothing : {"", "_", "localhost"}) {
    auto told = get_from("localhost:8080");
    told.server_host = nothing;
    CHECK(status_of(rules_of(), told) == 0);
  }
}

TEST_CASE("a server that asks for credentials answers to any name unless some are given") {
  CHECK(status_of(rules_of("", "", false), get_from("judge.example")) == 0);
  const auto strict = rules_of("judge.example", "", false);
  CHECK(status_of(strict, get_from("judge.example")) == 0);
  CHECK(status_of(strict, get_from("10.0.0.7:8080")) == 0);
  CHECK(status_of(strict, get_from("evil.example")) == 421);
  CHECK(status_of(rules_of("*"), get_from("evil.example")) == 0);
}

TEST_CASE("a name that leads here for a while helps no page, whatever else it sends") {
  auto rebound = post_by("http://evil.example:8080", "evil.example:8080");
  CHECK(status_of(rules_of(), rebound) == 421);
  rebound.fetch_sites = {"same-origin"};
  CHECK(status_of(rules_of(), rebound) == 421);
  rebound.credentials = true;
  CHECK(status_of(rules_of("", "*"), rebound) == 421);
}

TEST_CASE("pages of this origin may call, pages of another host, port or scheme may not") {
  const auto rules = rules_of("judge.example");
  const std::vector<std::pair<const char*, const char*>> own{
      {"http://localhost:8080", "localhost:8080"},
      {"http://localhost", "localhost"},
      {"http://localhost", "localhost:80"},
      {"http://localhost:80", "localhost"},
      {"https://judge.example", "judge.example"},
      {"https://judge.example", "judge.example:443"},
      {"https://judge.example:8443", "judge.example:8443"},
      {"http://[::1]:8080", "[::1]:8080"},
      {"HTTP://Box:8080", "box.:8080"},
  };
  for (const auto& [origin, host] : own) {
    INFO(origin << " at " << host);
    const auto verdict = decide_access(rules, post_by(origin, host));
    CHECK(verdict.status == 0);
    CHECK(verdict.cors_origin == origin);
    CHECK(verdict.named);
  }
  for (const char* origin :
       {"https://evil.example", "null", "", "http://localhost", "http://localhost:3000",
        "https://localhost", "http://localhost:8080.evil.example", "http://localhost:8080/",
        "http://127.0.0.1:8080", "http://evil.example:8080", "http://localhost.evil.example:8080",
        "http://user@localhost:8080", "file://", "chrome-extension://abcdef", "localhost:8080",
        "://localhost:8080", "http://localhost:8080 http://evil.example"}) {
    for (const char* method : {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}) {
      INFO(method << " by " << origin);
      auto request = post_by(origin);
      request.method = method;
      const auto verdict = decide_access(rules, request);
      CHECK(verdict.status == 403);
      CHECK(verdict.cors_origin.empty());
      CHECK(verdict.detail.find("setting allowed_origins") != std::string::npos);
      CHECK(verdict.detail.find(std::string(origin).substr(0, 50)) != std::string::npos);
    }
  }
}

TEST_CASE("each origin that a request names has to be allowed") {
  auto twice = post_by("http://localhost:8080");
  twice.origins.emplace_back("https://evil.example");
  CHECK(status_of(rules_of(), twice) == 403);
}

TEST_CASE("what the browser says of a page counts before a comparison that proxies disturb") {
  // The proxy before this server changed the host.
  auto own = post_by("https://judge.example", "127.0.0.1:8080");
  CHECK(status_of(rules_of(), own) == 403);
  own.fetch_sites = {"same-origin"};
  CHECK(status_of(rules_of(), own) == 0);
  for (const char* foreign : {"cross-site", "same-site", "", "unknown"}) {
    INFO(foreign);
    auto other = post_by("http://localhost:8080");
    other.fetch_sites = {foreign};
    CHECK(status_of(rules_of(), other) == 403);
    other.fetch_sites = {"same-origin", foreign};
    CHECK(status_of(rules_of(), other) == 403);
  }
}

TEST_CASE("without an origin a page of another site may only look") {
  for (const char* site : {"cross-site", "same-site"}) {
    for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "X"}) {
      INFO(site << " " << method);
      const bool looks = method == std::string("GET") || method == std::string("HEAD");
      auto request = get_from("localhost:8080");
      request.method = method;
      request.fetch_sites = {site};
      CHECK(status_of(rules_of(), request) == (looks ? 0 : 403));
      CHECK(decide_access(rules_of(), request).cors_origin.empty());
      request.get_acts = true;
      CHECK(status_of(rules_of(), request) == 403);
    }
  }
  for (const char* site : {"same-origin", "none"}) {
    auto request = get_from("localhost:8080");
    request.method = "POST";
    request.get_acts = true;
    request.fetch_sites = {site};
    CHECK(status_of(rules_of(), request) == 0);
  }
  auto program = get_from("localhost:8080");
  program.method = "POST";
  CHECK(status_of(rules_of(), program) == 0);
}

TEST_CASE("origins that are named may call, and are told so") {
  const auto rules =
      rules_of("", "https://Site.example, https://*.class.example http://localhost:*");
  for (const char* origin :
       {"https://site.example", "https://site.example:443", "https://a.class.example",
        "https://a.b.class.example", "http://localhost", "http://localhost:3000"}) {
    for (const char* site : {"", "cross-site", "same-site"}) {
      INFO(origin << " " << site);
      auto request = post_by(origin);
      if (*site != '\0') request.fetch_sites = {site};
      request.vouched_user = true;
      const auto verdict = decide_access(rules, request);
      CHECK(verdict.status == 0);
      CHECK(verdict.cors_origin == origin);
      CHECK(verdict.named);
    }
  }
  for (const char* origin :
       {"http://site.example", "https://site.example:8443", "https://a.site.example",
        "https://class.example", "https://evilclass.example", "https://a.class.example:8443",
        "https://localhost:3000", "http://localhost.evil.example", "null"}) {
    INFO(origin);
    CHECK(status_of(rules, post_by(origin)) == 403);
  }
  auto listed = post_by("https://other.example");
  listed.listed_origin = "https://other.example";
  CHECK(decide_access(rules, listed).cors_origin == "https://other.example");
  listed.listed_origin = "https://another.example";
  CHECK(status_of(rules, listed) == 403);
  // The list of a web server may be a pattern that fits everything.
  auto opaque = post_by("null");
  opaque.listed_origin = "null";
  CHECK(status_of(rules, opaque) == 403);
  auto empty = post_by("");
  CHECK(status_of(rules, empty) == 403);
}

TEST_CASE("all pages may call as nobody where the operator says so, never as a signed-in user") {
  auto path = post_by("https://anywhere.example");
  path.open_path = true;
  for (const auto& [rules, request] : std::vector<std::pair<AccessRules, AccessRequest>>{
           {rules_of("", "*"), post_by("https://anywhere.example")}, {rules_of(), path}}) {
    const auto verdict = decide_access(rules, request);
    CHECK(verdict.status == 0);
    CHECK(verdict.cors_origin == "*");
    CHECK_FALSE(verdict.named);
    auto opaque = request;
    opaque.origins = {"null"};
    CHECK(decide_access(rules, opaque).cors_origin == "*");
    auto signed_in = request;
    signed_in.vouched_user = true;
    CHECK(status_of(rules, signed_in) == 403);
  }
  auto form = get_from("localhost");
  form.method = "POST";
  form.open_path = true;
  form.fetch_sites = {"cross-site"};
  CHECK(status_of(rules_of(), form) == 0);
  form.vouched_user = true;
  CHECK(status_of(rules_of(), form) == 403);
}

TEST_CASE("credentials in a header are the caller's own, a login of the site's is the browser's") {
  auto request = post_by("https://evil.example");
  request.credentials = true;
  for (const bool open : {true, false}) {
    const auto verdict = decide_access(rules_of("", "", open), request);
    CHECK(verdict.status == 0);
    CHECK(verdict.cors_origin.empty());
  }
  auto cookie = post_by("https://evil.example", "judge.example");
  cookie.vouched_user = true;
  CHECK(status_of(rules_of("", "", false), cookie) == 403);
  auto form = get_from("judge.example");
  form.method = "POST";
  form.vouched_user = true;
  form.fetch_sites = {"same-site"};
  CHECK(status_of(rules_of("", "", false), form) == 403);
  // Without any: a form could still use up somebody's tries to sign in.
  CHECK(status_of(rules_of("", "", false), post_by("https://evil.example")) == 403);
}

TEST_CASE("wrong hosts and origins in the settings are named") {
  AccessRules rules;
  for (const char* wrong : {"http://a.example", "a.example:80", "a b@c", "a/b", "[::1", "a,,b/",
                            "a.example:", "*.example"}) {
    INFO(wrong);
    CHECK_FALSE(hosts_setting(rules).parse(wrong).empty());
  }
  CHECK(rules.hosts.empty());
  for (const char* wrong : {"a.example", "https://a.example/", "https://a.example/x", "https://",
                            "null", "https://*.com", "https://*", "https://*.127.0.0.1",
                            "https://a.*.example", "https://a.example:x"}) {
    INFO(wrong);
    CHECK_FALSE(allowed_origins_setting(rules).parse(wrong).empty());
  }
  CHECK(rules.allowed_origins.empty());
}

TEST_CASE("an operator hears of rules that let everybody's pages in") {
  CHECK(access_warnings(rules_of("a.example", "https://a.example")).empty());
  CHECK(access_warnings(rules_of("*", "", false)).empty());
  CHECK(access_warnings(rules_of("*", "*")).size() == 2);
}

TEST_CASE("this machine's own name is one that the server answers to") {
  AccessRules rules;
  rules.machine_hosts = machine_hosts();
  for (const auto& host : rules.machine_hosts) CHECK(status_of(rules, get_from(host)) == 0);
}
