#include "gateway/api_client.hpp"
#include "gateway/fcgi_codec.hpp"
#include "tests/support/catch.hpp"

using namespace runyard::gateway;

namespace {

std::string record(unsigned char type, const std::string& content, unsigned char padding = 0) {
  std::string out{1,
                  static_cast<char>(type),
                  0,
                  1,
                  static_cast<char>(content.size() >> 8),
                  static_cast<char>(content.size() & 0xff),
                  static_cast<char>(padding),
                  0};
  return out + content + std::string(padding, 'p');
}

const std::string kEnd = record(3, std::string(8, '\0'));

}  // namespace

TEST_CASE("a request is records of parameters and body, each stream with its end") {
  const auto bytes = encode_fcgi_request({{"A", "b"}, {"LONG", std::string(200, 'x')}}, "body");
  const std::string expected =
      record(1, std::string("\0\1\0\0\0\0\0\0", 8)) +
      record(4, std::string("\1\1Ab\4\x80\0\0\xc8LONG", 13) + std::string(200, 'x')) +
      record(4, "") + record(5, "body") + record(5, "");
  CHECK(bytes == expected);
  const auto large = encode_fcgi_request({}, std::string(70'000, 'b'));
  CHECK(large.find(record(5, std::string(70'000 - 65'535, 'b')) + record(5, "")) !=
        std::string::npos);
}

TEST_CASE("an answer may come in any pieces, with padding and errors between") {
  const auto bytes = record(6, "Status: 404 Not Found\r\nA: b\r\n\r\nhe", 5) + record(7, "log") +
                     record(6, "llo", 1) + record(6, "") + kEnd;
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
    FcgiAnswerReader reader(1000);
    for (std::size_t at = 0; at < bytes.size(); at += step)
      REQUIRE(reader.feed(std::string_view(bytes).substr(at, step)));
    REQUIRE(reader.complete());
    const auto answer = parse_cgi_answer(reader.take_output());
    REQUIRE(answer);
    CHECK(answer->status == 404);
    CHECK(answer->body == "hello");
    REQUIRE(answer->header("a"));
    CHECK(*answer->header("a") == "b");
  }
}

TEST_CASE("what is no answer to this request is refused") {
  const auto fed = [](const std::string& bytes) { return FcgiAnswerReader(10).feed(bytes); };
  CHECK(fed(record(6, "0123456789")));
  CHECK_FALSE(fed(record(6, "0123456789a")));
  CHECK_FALSE(fed("HTTP/1.1 200 OK"));
  auto other = record(6, "x");
  other[3] = 2;
  CHECK_FALSE(fed(other));
  CHECK_FALSE(fed(record(9, "x")));
  CHECK_FALSE(fed(record(3, "short")));
  CHECK_FALSE(fed(record(3, std::string("\0\0\0\0\2\0\0\0", 8))));  // overloaded
  FcgiAnswerReader over(10);
  REQUIRE(over.feed(kEnd));
  CHECK_FALSE(over.feed(record(6, "")));
}

TEST_CASE("a CGI answer without a status is 200, one without its empty line is none") {
  CHECK(parse_cgi_answer("A: b\n\nbody")->status == 200);
  CHECK(parse_cgi_answer("\r\nbody")->body == "body");
  CHECK_FALSE(parse_cgi_answer("A: b\r\n"));
  CHECK_FALSE(parse_cgi_answer("no header\r\n\r\n"));
  CHECK_FALSE(parse_cgi_answer("Status: abc\r\n\r\n"));
}

TEST_CASE("the API is told of a client what Nginx tells, and no more") {
  ApiRequest request;
  request.method = "POST";
  request.target = "/api/v1/executions?wait=1";
  request.body = "{}";
  request.live = "native";
  request.caller = {"203.0.113.1", "ann", "Bearer x", "", "id"};
  const auto params = api_params(request);
  const auto value = [&params](const std::string& name) -> std::string {
    for (const auto& [key, text] : params)
      if (key == name) return text;
    return "none";
  };
  CHECK(value("DOCUMENT_URI") == "/api/v1/executions");
  CHECK(value("REMOTE_ADDR") == "203.0.113.1");
  CHECK(value("RUNYARD_USER") == "ann");
  CHECK(value("HTTP_AUTHORIZATION") == "Bearer x");
  CHECK(value("HTTP_X_API_KEY") == "none");
  CHECK(value("RUNYARD_LIVE") == "native");
  CHECK(value("CONTENT_LENGTH") == "2");
  request.live.clear();
  for (const auto& [name, text] : api_params(request)) CHECK(name != "RUNYARD_LIVE");
}
