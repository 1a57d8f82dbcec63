#include "core/callback_url.hpp"

#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

CallbackUrl parts_of(const std::string& text) {
  auto parsed = parse_callback_url(text);
  INFO(text << ": " << (parsed.index() == 1 ? std::get<1>(parsed) : ""));
  REQUIRE(parsed.index() == 0);
  return std::get<0>(parsed);
}

std::string mistake_of(const std::string& text) {
  auto parsed = parse_callback_url(text);
  return parsed.index() == 1 ? std::get<1>(parsed) : "";
}

}  // namespace

TEST_CASE("a callback URL is taken apart") {
  const auto url = parts_of("HTTPS://Hooks.Example.COM:8443/A/b?c=D&e=%2f");
  CHECK(url.text == "https://hooks.example.com:8443/A/b?c=D&e=%2f");
  CHECK(url.scheme == "https");
  CHECK(url.host == "hooks.example.com");
  CHECK(url.port == 8443);
  CHECK(parts_of("https://a.test").port == 443);
  CHECK(parts_of("http://a.test").port == 80);
  CHECK(parts_of("http://a.test").text == "http://a.test/");
  CHECK(parts_of("http://a.test?x=1").text == "http://a.test/?x=1");
  CHECK(parts_of("http://a_b.test/").host == "a_b.test");
  CHECK(parts_of("http://8.8.8.8/").host == "8.8.8.8");
  CHECK(parts_of("http://[2606:4700::1111]:81/").host == "2606:4700::1111");
  CHECK(parts_of("http://[2606:4700::1111]:81/").port == 81);
  CHECK(parts_of("http://localhost/").host == "localhost");
  CHECK(parts_of("http://1.test/").host == "1.test");
}

TEST_CASE("a callback URL that could mean something else is refused, with the rule") {
  const std::pair<std::string, const char*> wrong[] = {
      {"", "absolute URL"},
      {"a.test/x", "absolute URL"},
      {"//a.test/x", "absolute URL"},
      {"ftp://a.test/", "absolute URL"},
      {"file:///etc/passwd", "absolute URL"},
      {"gopher://a.test:25/_HELO", "absolute URL"},
      {"javascript:alert(1)", "absolute URL"},
      {"http:a.test", "absolute URL"},
      {"http://", "name a host"},
      {"http:///path", "name a host"},
      {"http://:80/", "name a host"},
      {"http://[]/", "host name or an address"},
      {"http://[::1", "name a host"},
      {"http://user@a.test/", "no user"},
      {"http://user:secret@a.test/", "no user"},
      {"http://a.test@127.0.0.1/", "no user"},
      {"http://a.test\\@b.test/", "characters"},
      {"http://a.test/\r\nX: y", "characters"},
      {"http://a.test/a b", "characters"},
      {"http://a.test/%zz", "characters"},
      {"http://a.test/%4", "characters"},
      {"http://\xc3\xa4.test/", "characters"},
      {std::string("http://a.test/\0", 15), "characters"},
      {"http://a.test/#part", "fragment"},
      {"http://a.test:0/", "port"},
      {"http://a.test:65536/", "port"},
      {"http://a.test:/", "port"},
      {"http://a.test:8a/", "port"},
      {"http://[::1]x/", "port"},
      {"http://a..test/", "host name"},
      {"http://.a.test/", "host name"},
      {"http://a.test./", "host name"},
      {"http://-a.test/", "host name"},
      {"http://a%2etest/", "host name"},
      {"http://127.1/", "host name"},
      {"http://2130706433/", "host name"},
      {"http://0x7f.0.0.1/", "host name"},
      {"http://0x7f000001/", "host name"},
      {"http://0177.0.0.1/", "host name"},
      {"http://1.2.3.4.5/", "host name"},
      {"http://256.1.1.1/", "host name"},
      {"http://a.0x7f/", "host name"},
      {"http://[::1%25lo]/", "host name"},
      {"http://[127.0.0.1]/", "host name"},
      {"http://a.test/[x]", "%5B"},
      {"http://" + std::string(64, 'a') + ".test/", "host name"},
      {"http://a.test/" + std::string(2000, 'x'), "2000 bytes"},
  };
  for (const auto& [text, rule] : wrong) {
    INFO(text);
    CHECK(mistake_of(text).find(rule) != std::string::npos);
  }
}
