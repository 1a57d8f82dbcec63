#include <algorithm>

#include "core/text.hpp"
#include "fcgi-app/submission_parser.hpp"
#include "tests/support/api_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

ParsedSubmission parse(const std::string& json, const std::string& unavailable = "") {
  static const auto catalog = test::small_catalog();
  SubmissionRules rules;
  rules.max_code_bytes = 100;
  rules.max_stdin_bytes = 20;
  return parse_submission(
      json::parse(json), catalog, [&](const Language& l) { return l.id != unavailable; }, rules);
}

/// The message for the field; "" when nothing is wrong with it.
std::string message(const ParsedSubmission& parsed, const std::string& field) {
  for (const auto& error : parsed.errors.fields())
    if (error.field == field) return error.message;
  return {};
}

/// A right submission with `members` added.
ParsedSubmission with(const std::string& members) {
  return parse(R"({"language":"cpp","code":"x",)" + members + "}");
}

/// With files; each entry of `names` gets a small content.
ParsedSubmission with_files(const std::vector<std::string>& names, const std::string& more = "") {
  json::Writer writer;
  writer.begin_array();
  for (const auto& name : names)
    writer.begin_object().member("name", name).member("content", "x").end_object();
  writer.end_array();
  return parse(R"({"language":"cpp","files":)" + writer.text() + more + "}");
}

}  // namespace

TEST_CASE("the least submission gets the language's defaults") {
  const auto parsed = parse(R"({"language":"C++","code":"int main(){}"})");
  REQUIRE(parsed.errors.empty());
  const auto& s = parsed.submission;
  CHECK(s.language == "cpp");
  CHECK(s.version == "14.2");
  REQUIRE(s.files.size() == 1);
  CHECK(s.files[0].name == "main.cpp");
  CHECK(s.files[0].content == "int main(){}");
  CHECK(s.entry == "main.cpp");
  CHECK(s.limits.memory_kb == 200 * 1024);
  CHECK(s.limits.wall_ms == 10'000);
  CHECK(s.isolation == Isolation::kReuse);
  CHECK(s.priority == Priority::kNormal);
}

TEST_CASE("every field of a submission arrives") {
  const auto parsed = parse(R"({"language":"cpp","version":"14","files":[
      {"name":"src/a.cpp","content":"a"},{"name":"b.h","content":"Yv8=","encoding":"base64"}],
      "entry":"src/a.cpp","stdin":"i\u0000n","args":["1","zwei"],"env":{"A_1":"x","_b":""},
      "compile_args":["-O2"],"limits":{"wall_ms":1,"cpu_ms":60000,"memory_kb":8192,"processes":2,
      "output_bytes":3,"file_bytes":4,"compile_wall_ms":5},"artifacts":["out/x.png"],
      "isolation":"fresh","isolation_key":"k","priority":"low","project_id":17,"save_history":true,
      "stop_on_failure":true})");
  for (const auto& error : parsed.errors.fields())
    UNSCOPED_INFO(error.field << " " << error.message);
  REQUIRE(parsed.errors.empty());
  const auto& s = parsed.submission;
  CHECK(s.files[1].content == "b\xff");
  CHECK(s.entry == "src/a.cpp");
  CHECK(s.stdin_data == std::string("i\0n", 3));
  CHECK(s.args == std::vector<std::string>{"1", "zwei"});
  CHECK(s.env.size() == 2);
  CHECK(s.compile_args == std::vector<std::string>{"-O2"});
  CHECK(s.limits.cpu_ms == 60'000);
  CHECK(s.limits.compile_wall_ms == 5);
  CHECK(s.artifacts == std::vector<std::string>{"out/x.png"});
  CHECK(s.isolation == Isolation::kFresh);
  CHECK(s.priority == Priority::kLow);
  CHECK(s.project_id == "17");
  CHECK(s.stop_on_failure);
}

TEST_CASE("all mistakes are named at once") {
  const auto parsed = parse(R"({"language":"pyton","stdin":5,"limits":{"wall_ms":0},"foo":1})");
  CHECK(parsed.errors.status() == 422);
  CHECK_THAT(message(parsed, "language"), test::contains("\"python\""));
  CHECK(message(parsed, "code") == "is required, or \"files\" instead");
  CHECK(message(parsed, "stdin") == "must be a text");
  CHECK(message(parsed, "limits.wall_ms") == "must be an integer from 1 to 60000");
  CHECK(message(parsed, "foo") == "is not a known field");
  CHECK(parsed.errors.fields().size() == 5);
}

TEST_CASE("each field refuses values of another kind") {
  const std::string wrong[] = {"null", "true", "1", "1.5", "\"x\"", "[]", "{}", "[1]", "{\"a\":1}"};
  const std::pair<std::string, std::vector<std::string>> fields[] = {
      {"version", {"\"x\""}},
      {"stdin", {"\"x\""}},
      {"args", {"[]"}},
      {"env", {"{}"}},
      {"compile_args", {"[]"}},
      {"limits", {"{}"}},
      {"tests", {"[]"}},
      {"checker", {}},
      {"stop_on_failure", {"true"}},
      {"project_id", {"1", "\"x\""}},
      {"artifacts", {"[]"}},
      {"isolation", {}},
      {"isolation_key", {"\"x\""}},
      {"priority", {}},
      {"save_history", {"true"}},
      {"callback_url", {}},
      {"session_id", {}},
      {"problem_id", {}},
  };
  for (const auto& [field, right] : fields)
    for (const auto& value : wrong) {
      const auto parsed = with("\"" + field + "\":" + value);
      INFO(field << " = " << value);
      const bool is_right = std::find(right.begin(), right.end(), value) != right.end();
      if (field == "version" && value == "\"x\"")
        CHECK_THAT(message(parsed, field), test::contains("14.2"));
      else
        CHECK(parsed.errors.empty() == is_right);
      if (!is_right) CHECK(parsed.errors.status() == 422);
    }
}

TEST_CASE("the version chooses among those that there are, and the others are named") {
  const auto python = [](const std::string& members) {
    return parse(R"({"language":"python","code":"x")" + members + "}");
  };
  CHECK(python("").submission.version == "3.13.2");
  CHECK(python(R"(,"version":"3")").submission.version == "3.13.2");
  const auto old = python(R"(,"version":"3.11")");
  CHECK(old.errors.empty());
  CHECK(old.submission.language == "python");
  CHECK(old.submission.version == "3.11.2");
  CHECK(old.submission.entry == "old.py");
  CHECK(parse(R"({"language":"python3.11","code":"x"})").submission.version == "3.11.2");
  for (const char* version : {"3.1", "2", "3.11.2.1", "x"}) {
    const auto wrong = python(std::string(R"(,"version":")") + version + "\"");
    CHECK(message(wrong, "version") ==
          R"(is not here: "python" has versions "3.13.2" and "3.11.2")");
    CHECK(wrong.errors.status() == 422);
  }
}

TEST_CASE("a version without its image is not available, the others are") {
  const auto catalog = test::small_catalog();
  const auto has = [](const Language& language) { return language.image == "python"; };
  const auto with_version = [&](const std::string& version) {
    return parse_submission(
        json::parse(R"({"language":"python","code":"x","version":")" + version + R"("})"), catalog,
        has, {});
  };
  CHECK(with_version("3").errors.empty());
  const auto old = with_version("3.11");
  CHECK(old.errors.status() == 422);
  CHECK_THAT(message(old, "language"), test::contains(R"(in version "3.11.2")"));
}

TEST_CASE("a body that is no object is refused") {
  for (const char* body : {"[]", "1", "null", "\"x\""}) CHECK_FALSE(parse(body).errors.empty());
}

TEST_CASE("limits refuse zero, negatives, what is above the maximum and what is no integer") {
  for (const char* value : {"0", "-1", "60001", "2147483648", "9223372036854775807",
                            "9223372036854775808", "1.0", "1e3", "\"10\"", "null", "true", "[1]"}) {
    INFO(value);
    const auto parsed = with(std::string("\"limits\":{\"wall_ms\":") + value + "}");
    CHECK(message(parsed, "limits.wall_ms") == "must be an integer from 1 to 60000");
  }
  CHECK_THAT(message(with(R"("limits":{"memory_kb":262145})"), "limits.memory_kb"),
             test::contains("262144"));
  CHECK(message(with(R"("limits":{"walltime":1})"), "limits.walltime") == "is not a known field");
}

TEST_CASE("a NUL is malformed where a text cannot hold one") {
  for (const char* members :
       {R"("args":["a\u0000"])", R"("env":{"A":"\u0000"})", R"("isolation_key":"\u0000")",
        R"("project_id":"a\u0000b")", R"("artifacts":["a\u0000"])", R"("version":"\u0000")"}) {
    INFO(members);
    const auto parsed = with(members);
    CHECK_FALSE(parsed.errors.empty());
    CHECK(parsed.errors.status() == 400);
  }
  CHECK(parse(R"({"language":"cpp","code":"\u0000"})").errors.status() == 400);
  CHECK(parse(R"({"language":"cpp\u0000","code":""})").errors.status() == 400);
  CHECK(with_files({std::string("a\0b", 3)}).errors.status() == 400);
  CHECK(with("\"stdin\":\"\\u0000\"").errors.empty());
}

TEST_CASE("a file's name must stay below the program's folder") {
  const std::string long_component(256, 'a');
  for (const std::string& name :
       {std::string(""), std::string("/x"), std::string("../x"), std::string("a/../../x"),
        std::string("a/.."), std::string("./a"), std::string("a//b"), std::string("a/"),
        std::string("a\nb"), std::string("a\x1b[0m"), std::string("a\x7f"), std::string("-o"),
        std::string("@x"), long_component, "a/" + long_component, std::string(1100, 'a')}) {
    INFO(name);
    const auto parsed = with_files({name});
    CHECK_FALSE(message(parsed, "files[0].name").empty());
    json::Writer writer;
    writer.string(name);
    CHECK_FALSE(message(with("\"artifacts\":[" + writer.text() + "]"), "artifacts[0]").empty());
  }
  CHECK(with_files({std::string(255, 'a')}).errors.empty());
  CHECK(with_files({"a/b/..c", "\xc3\xa4 b", ".hidden"}, ",\"entry\":\".hidden\"").errors.empty());
}

TEST_CASE("two files cannot have one name, nor one be the folder of another") {
  CHECK_THAT(message(with_files({"a", "a"}), "files[1].name"), test::contains("another file"));
  CHECK_THAT(message(with_files({"a/b", "a"}), "files[1].name"), test::contains("folder"));
  CHECK_THAT(message(with_files({"a", "a/b/c"}), "files[0].name"), test::contains("folder"));
  CHECK(message(with(R"("artifacts":["a","a"])"), "artifacts[1]") == "\"a\" stands twice");
}

TEST_CASE("code and files exclude each other, and the entry is one of the files") {
  CHECK_FALSE(message(with(R"("files":[{"name":"a","content":""}])"), "files").empty());
  CHECK_FALSE(message(with(R"("entry":"main.cpp")"), "entry").empty());
  CHECK(message(parse(R"({"language":"cpp","files":[]})"), "files") ==
        "must hold at least one file");
  CHECK_FALSE(message(with_files({"a", "b"}), "entry").empty());
  CHECK_FALSE(message(with_files({"a", "b"}, ",\"entry\":\"c\""), "entry").empty());
  CHECK(with_files({"main.cpp", "b"}).submission.entry == "main.cpp");
  CHECK(with_files({"b"}).submission.entry == "b");
  CHECK_FALSE(
      message(parse(R"({"language":"cpp","files":[{"name":"a"}]})"), "files[0].content").empty());
  CHECK_FALSE(
      message(parse(R"({"language":"cpp","files":[{"content":""}]})"), "files[0].name").empty());
  CHECK_FALSE(message(parse(R"({"language":"cpp","files":[1]})"), "files[0]").empty());
  CHECK_FALSE(message(parse(R"({"language":"cpp","files":[{"name":"a","content":"","mode":1}]})"),
                      "files[0].mode")
                  .empty());
}

TEST_CASE("base64 that is none is refused, and counts by its bytes when it is") {
  const auto file = [](const std::string& content) {
    return parse(R"({"language":"cpp","files":[{"name":"a","encoding":"base64","content":")" +
                 content + "\"}]}");
  };
  for (const char* content : {"Y", "YQ", "YQ=", "YQ==\\n", "Y Q=", "YQ==YQ==", "____"}) {
    INFO(content);
    CHECK_FALSE(message(file(content), "files[0].content").empty());
  }
  CHECK(file(base64_encode(std::string(100, 'a'))).errors.empty());
  CHECK_FALSE(message(file(base64_encode(std::string(101, 'a'))), "files").empty());
}

TEST_CASE("sizes are bounded to the byte") {
  const auto code = [](std::size_t size) {
    return parse(R"({"language":"cpp","code":")" + std::string(size, 'a') + "\"}");
  };
  CHECK(code(100).errors.empty());
  CHECK_THAT(message(code(101), "code"), test::contains("at most 100"));
  CHECK(with("\"stdin\":\"" + std::string(20, 'a') + "\"").errors.empty());
  CHECK_FALSE(with("\"stdin\":\"" + std::string(21, 'a') + "\"").errors.empty());
  CHECK(with("\"isolation_key\":\"" + std::string(200, 'a') + "\"").errors.empty());
  CHECK_FALSE(with("\"isolation_key\":\"" + std::string(201, 'a') + "\"").errors.empty());
  CHECK_FALSE(with("\"args\":[\"" + std::string(70'000, 'a') + "\"]").errors.empty());
}

TEST_CASE("environment variables have names of letters, digits and underscores") {
  for (const char* name : {"", "1A", "A-B", "A=B", "A B", "\\u0000", "\xc3\x84"}) {
    INFO(name);
    CHECK_FALSE(message(with(std::string("\"env\":{\"") + name + "\":\"x\"}"), "env").empty());
  }
  CHECK(message(with(R"("env":{"A":1})"), "env.A") == "must be a text");
}

TEST_CASE("compiler arguments come from the language's list") {
  CHECK_THAT(message(with(R"("compile_args":["-O2","-fplugin=x"])"), "compile_args[1]"),
             test::contains("\"-O2\" and \"-std=c++17\""));
  CHECK_THAT(
      message(parse(R"({"language":"py","code":"","compile_args":["-O2"]})"), "compile_args"),
      test::contains("not compiled"));
}

TEST_CASE("a language without its image is refused as not available") {
  const auto parsed = parse(R"({"language":"c++","code":""})", "cpp");
  REQUIRE(parsed.errors.fields().size() == 1);
  CHECK(parsed.errors.fields()[0].field == "language");
  CHECK(parsed.errors.fields()[0].unavailable);
}

TEST_CASE("the number of reported mistakes is bounded") {
  std::string body = R"({"language":"cpp","code":"")";
  for (int i = 0; i < 5000; ++i) body += ",\"x" + std::to_string(i) + "\":1";
  CHECK(parse(body + "}").errors.fields().size() <= kMaxReportedErrors + 1);
}

TEST_CASE("the time of a whole execution is the operator's, and a submission may ask for less") {
  const auto catalog = test::small_catalog();
  StoredProblem long_one;
  long_one.id = "019c1234-5678-7abc-8def-0123456789ab";
  long_one.total_limit_ms = 1'800'000;
  SubmissionRules rules;
  rules.total_ms = 20'000;
  const auto parsed = [&](const std::string& more) {
    return parse_submission(json::parse(R"({"language":"python","code":"x")" + more + "}"), catalog,
                            nullptr, rules, [&](const std::string&) { return long_one; });
  };
  const auto total = [&](const std::string& more) {
    return parsed(more).submission.limits.total_ms;
  };
  CHECK(total("") == 20'000);
  CHECK(total(R"(,"limits":{"total_ms":5})") == 5);
  for (const std::string wrong : {"0", "20001", "1.5", "\"9\""})
    CHECK(parsed(R"(,"limits":{"total_ms":)" + wrong + "}").errors.fields().size() == 1);

  const std::string answers = R"(,"problem_id":"019c1234-5678-7abc-8def-0123456789ab")";
  CHECK(total(answers) == 1'800'000);
  CHECK(total(answers + R"(,"limits":{"total_ms":700000})") == 700'000);
  CHECK(parsed(answers + R"(,"limits":{"total_ms":1800001})").errors.fields().size() == 1);
  // The operator's most is not what it was when the problem was written.
  rules.problem_total_ms = 60'000;
  CHECK(total(answers) == 60'000);
  long_one.total_limit_ms.reset();
  CHECK(total(answers) == 20'000);
}
