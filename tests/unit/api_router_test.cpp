#include "core/json.hpp"
#include "fcgi-app/problem.hpp"
#include "fcgi-app/router.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

Response named(const std::string& name, const Request& request) {
  Response response;
  response.body = name;
  for (const auto& param : request.params) response.body += "|" + param;
  return response;
}

Router sample_router() {
  Router router;
  for (const char* method : {"POST", "GET"})
    router.add(method, "/a", [method](const Request& r) { return named(method, r); });
  router.add("POST", "/a/batch", [](const Request& r) { return named("batch", r); });
  router.add("GET", "/a/{id}", [](const Request& r) { return named("one", r); });
  router.add("POST", "/a/{id}/b/{other}", [](const Request& r) { return named("deep", r); });
  return router;
}

Response ask(const std::string& method, const std::string& path) {
  Request request;
  request.method = method;
  request.path = path;
  return sample_router().route(request);
}

}  // namespace

TEST_CASE("a path finds its handler, and placeholders their decoded values") {
  CHECK(ask("GET", "/a").body == "GET");
  CHECK(ask("POST", "/a").body == "POST");
  CHECK(ask("GET", "/a/x%2Fy").body == "one|x/y");
  CHECK(ask("POST", "/a/1/b/2").body == "deep|1|2");
  CHECK(ask("POST", "/a/batch").body == "batch");
  CHECK(ask("HEAD", "/a/x").body == "one|x");
}

TEST_CASE("a slash at the end changes nothing") {
  CHECK(ask("GET", "/a/").body == "GET");
  CHECK(ask("GET", "/a/x/").body == "one|x");
  CHECK(ask("POST", "/a/1/b/2/").body == "deep|1|2");
}

TEST_CASE("what no pattern fits is 404") {
  for (const char* path : {"", "/", "a", "/b", "//", "/a//", "/a//b/2", "/a/1/b", "/a/1/b/2//",
                           "//a", "/a/%zz", "/a/%00", "/a/..", "/A"}) {
    const auto response = ask("GET", path);
    INFO(path);
    if (std::string(path) == "/a/..")
      CHECK(response.status == 200);  // a value like any other: nothing here is a file
    else
      CHECK(response.status == 404);
  }
}

TEST_CASE("another method is 405 with the allowed ones") {
  const auto response = ask("DELETE", "/a");
  CHECK(response.status == 405);
  CHECK(*response.header("allow") == "POST, GET, HEAD, OPTIONS");
  CHECK(ask("FOO", "/a/1").status == 405);
  CHECK(ask("GET", "/a/1/b/2").status == 405);
  CHECK(ask("", "/a").status == 405);
}

TEST_CASE("OPTIONS tells the methods") {
  const auto response = ask("OPTIONS", "/a/1");
  CHECK(response.status == 204);
  CHECK(*response.header("Allow") == "GET, HEAD, OPTIONS");
}

TEST_CASE("a problem document has the members of RFC 9457 and lists the fields") {
  const auto response = problem_response(422, "d", {{"a", "is wrong"}, {"b", "is not here", true}});
  CHECK(*response.header("content-type") == "application/problem+json");
  CHECK(response.body ==
        R"({"type":"about:blank","title":"Unprocessable Content","status":422,"detail":"d",)"
        R"("errors":[{"field":"a","message":"is wrong"},)"
        R"({"field":"b","message":"is not here","available":false}]})");
}

TEST_CASE("messages show a bounded part of what the client sent, as valid text") {
  CHECK(in_quotes("ab") == "\"ab\"");
  CHECK(shorten(std::string(100, 'x')) == std::string(60, 'x') + "...");
  CHECK(shorten(std::string(59, 'x') + "\xc3\xa4z") == std::string(59, 'x') + "...");
  CHECK(in_quotes("\xff") == "\"\xef\xbf\xbd\"");
  CHECK(name_list({"a", "b", "c"}) == "\"a\", \"b\" and \"c\"");
  CHECK(name_list({}).empty());
  CHECK(name_list(std::vector<std::string>(30, "a")).find("and 10 more") != std::string::npos);
}
