#include "fcgi-app/cgi_request.hpp"
#include "fcgi-app/http.hpp"
#include "fcgi-app/owner.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;

TEST_CASE("percent escapes are resolved, broken ones and hidden NULs refused") {
  CHECK(percent_decode("a%2Fb+c", true) == "a/b c");
  CHECK(percent_decode("a+c", false) == "a+c");
  CHECK(percent_decode("%c3%A4", false) == "\xc3\xa4");
  CHECK_FALSE(percent_decode("%", false));
  CHECK_FALSE(percent_decode("%4", false));
  CHECK_FALSE(percent_decode("%zz", false));
  CHECK_FALSE(percent_decode("a%00b", false));
  CHECK_FALSE(percent_decode("%ff", false));
}

TEST_CASE("a query is cut into decoded pairs in their order") {
  const auto query = parse_query("a=1&b=%20&&c&a=2=3");
  REQUIRE(query);
  CHECK(*query == Query{{"a", "1"}, {"b", " "}, {"c", ""}, {"a", "2=3"}});
  CHECK(parse_query("")->empty());
  CHECK_FALSE(parse_query("a=%0"));
}

TEST_CASE("only JSON in UTF-8 counts as JSON") {
  CHECK(is_json_media_type("application/json"));
  CHECK(is_json_media_type("Application/JSON ; charset=UTF-8"));
  CHECK(is_json_media_type("application/json; charset=\"utf-8\""));
  CHECK_FALSE(is_json_media_type(""));
  CHECK_FALSE(is_json_media_type("application/jsonx"));
  CHECK_FALSE(is_json_media_type("text/plain"));
  CHECK_FALSE(is_json_media_type("application/json; charset=latin1"));
  CHECK_FALSE(is_json_media_type("application/x-www-form-urlencoded"));
}

TEST_CASE("a header's list is taken apart element by element") {
  std::string_view rest = " a , b,,c";
  CHECK(next_list_element(rest) == "a");
  CHECK(next_list_element(rest) == "b");
  CHECK(next_list_element(rest).empty());
  CHECK(next_list_element(rest) == "c");
  CHECK(rest.empty());
}

TEST_CASE("CGI parameters become a request") {
  const char* params[] = {"REQUEST_METHOD=POST",           "REQUEST_URI=/api/v1/executions?wait=5",
                          "CONTENT_TYPE=application/json", "CONTENT_LENGTH=17",
                          "REMOTE_ADDR=192.0.2.1",         "HTTP_X_REQUEST_ID=abc-1.2_3",
                          "HTTP_IDEMPOTENCY_KEY=k=v",      nullptr};
  const auto request = request_from_params(params);
  CHECK(request.method == "POST");
  CHECK(request.path == "/api/v1/executions");
  CHECK(*request.parameter("wait") == "5");
  CHECK(*request.header("content-type") == "application/json");
  CHECK(*request.header("idempotency-key") == "k=v");
  CHECK(request.request_id == "abc-1.2_3");
  CHECK(announced_length(params) == 17);
  CHECK(owner_of(request) == "addr:192.0.2.1");
}

TEST_CASE("an IPv6 network is one owner") {
  Request request;
  request.remote_addr = "2001:db8:1:2:3::4";
  const auto owner = owner_of(request);
  request.remote_addr = "2001:db8:1:2:ffff::1";
  CHECK(owner_of(request) == owner);
  request.remote_addr = "2001:db8:1:3::4";
  CHECK(owner_of(request) != owner);
}

TEST_CASE("a request id that could forge a log line is replaced") {
  CHECK(is_usable_request_id("A-z_0.9"));
  CHECK(is_usable_request_id(std::string(64, 'a')));
  CHECK_FALSE(is_usable_request_id(std::string(65, 'a')));
  CHECK_FALSE(is_usable_request_id(""));
  CHECK_FALSE(is_usable_request_id("a b"));
  CHECK_FALSE(is_usable_request_id("a\nb"));
  const char* params[] = {"REQUEST_METHOD=GET", "HTTP_X_REQUEST_ID=a b", nullptr};
  CHECK(is_usable_request_id(request_from_params(params).request_id));
  CHECK(request_from_params(params).request_id != "a b");
}

TEST_CASE("a length that is no number is as good as none") {
  for (const char* text : {"CONTENT_LENGTH=", "CONTENT_LENGTH=-1", "CONTENT_LENGTH=1x",
                           "CONTENT_LENGTH=99999999999999999999", "CONTENT_LENGTH=0x10"}) {
    const char* params[] = {text, nullptr};
    CHECK_FALSE(announced_length(params));
  }
}

TEST_CASE("the user comes from the web server, never from a header") {
  const char* forged[] = {"HTTP_RUNYARD_USER=root", "REMOTE_ADDR=192.0.2.1", nullptr};
  CHECK(owner_of(request_from_params(forged)) == "addr:192.0.2.1");
  const char* vouched[] = {"RUNYARD_USER=ann", "REMOTE_ADDR=192.0.2.1", nullptr};
  CHECK(owner_of(request_from_params(vouched)) == "user:ann");
  const char* empty[] = {"RUNYARD_USER=", "REMOTE_ADDR=192.0.2.1", nullptr};
  CHECK(owner_of(request_from_params(empty)) == "addr:192.0.2.1");
  const char* broken[] = {"RUNYARD_USER=\xff", "REMOTE_ADDR=192.0.2.1", nullptr};
  CHECK_FALSE(owner_of(request_from_params(broken)));
}
