// SECURITY.md's group "Protocol and output": bytes that mean something to somebody on their way.
#include "core/text.hpp"
#include "tests/support/attack.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

/// The outputs of an execution, byte by byte.
Ended exact(const Ended& ended) {
  HttpClient client(test_url(), kOwner);
  const auto answer =
      client.get(std::string(kExecutions) + "/" + ended.text("execution_id") + "?encoding=base64");
  REQUIRE(answer.status == 200);
  return Ended(answer.json());
}

std::string bytes(const Ended& ended, const std::string& stream) {
  const auto decoded = base64_decode(ended.text(stream));
  REQUIRE(decoded);
  return *decoded;
}

}  // namespace

TEST_CASE("output: bytes that look like frames are output") {
  const auto ended = exact(Attack("output/frames.py").run());
  const auto out = bytes(ended, "stdout");
  CHECK(out.size() == bytes(ended, "stderr").size());
  CHECK(out == bytes(ended, "stderr"));
  CHECK(out.find("forged") != std::string::npos);
  CHECK(out.size() > 256);
}

TEST_CASE("output: no descriptor but the three standard ones can be written") {
  Attack("output/every_descriptor.py").held().run();
}

TEST_CASE("output: a program starts with the descriptors 0 and 1 and 2") {
  Attack("output/descriptors_at_start.c").prints("0 1 2 \n").run();
}

TEST_CASE("output: the environment holds the constant list and nothing of the host") {
  Attack("output/environment.sh")
      .prints(
          "HOME=/box\nLANG=C.UTF-8\nPATH=/usr/local/bin:/usr/bin:/bin\nPYTHONUNBUFFERED=1\nTMPDIR=/"
          "tmp\n")
      .run();
}

TEST_CASE("output: ten thousand arguments arrive or are refused by name") {
  // API.md sets no count; SECURITY.md wants ten thousand to harm nobody.
  std::string arguments;
  for (int i = 0; i < 10000; ++i) arguments += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\"";
  HttpClient client(test_url(), kOwner);
  const auto body =
      submission("python", file_of_checkout("tests/attacks/programs/output/arguments.py"),
                 "\"args\":[" + arguments + "]");
  const auto answer = client.post(kExecutions, body);
  INFO(answer.body);
  if (answer.status == 422) {
    CHECK_THAT(answer.body, contains("args"));
  } else {
    REQUIRE(answer.status == 202);
    const auto ended = end_of(text_at(answer.json(), "execution_id"));
    CHECK(ended.verdict() == "COMPLETED");
    CHECK(ended.text("stdout").substr(0, 6) == "10000 ");
  }
  check_canaries("python", "");
}

TEST_CASE("output: yes meets the output limit at the exact byte") {
  const auto ended =
      Attack("output/yes.sh").limit("output_bytes", 1001).ends_as({"OUTPUT_LIMIT"}).run();
  CHECK(ended.text("stdout").size() == 1001);
  CHECK(ended.truth("stdout_truncated"));
  CHECK_FALSE(ended.truth("stderr_truncated"));
}

TEST_CASE("output: a million writes of one byte arrive whole or cut at the limit") {
  const auto cut =
      Attack("output/one_byte_writes.c").limit("wall_ms", 8000).ends_as({"OUTPUT_LIMIT"}).run();
  CHECK(cut.text("stdout") == std::string(65536, 'x'));
  const auto whole = Attack("output/one_byte_writes.c")
                         .limit("wall_ms", 20000)
                         .limit("cpu_ms", 20000)
                         .limit("output_bytes", 1000000)
                         .run();
  CHECK(whole.text("stdout") == std::string(1000000, 'x'));
  CHECK_FALSE(whole.truth("stdout_truncated"));
}

TEST_CASE("output: NUL and invalid UTF-8 arrive exactly in base64 and replaced as text") {
  const auto ended = Attack("output/invalid_text.py").run();
  const auto exactly = exact(ended);
  CHECK(bytes(exactly, "stdout") == std::string("a\0b\xff\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\x80"
                                                "c\n",
                                                15 + 1));
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  CHECK(bytes(exactly, "stderr") == all);
  std::string replaced("a\0b", 3);
  for (int i = 0; i < 11; ++i) replaced += "\xef\xbf\xbd";
  CHECK(ended.text("stdout") == replaced + "c\n");
}

TEST_CASE("output: terminal escapes and markup arrive as they are and as inert JSON") {
  const auto ended = Attack("output/escapes.py").run();
  CHECK_THAT(ended.text("stdout"), contains("\x1b[2J\x1b]0;title\x07"));
  CHECK_THAT(ended.text("stdout"), contains("</script><script>alert(1)</script>"));
  HttpClient client(test_url(), kOwner);
  const auto answer = client.get(std::string(kExecutions) + "/" + ended.text("execution_id"));
  CHECK(answer.header("x-content-type-options") == "nosniff");
  CHECK_THAT(answer.header("content-type"), contains("application/json"));
  for (const char c : answer.body) CHECK_FALSE((static_cast<unsigned char>(c) < 0x20 && c != '\n'));
}

TEST_CASE("output: both streams may be filled to the last byte") {
  const auto full =
      Attack("output/both_limits.py").limit("output_bytes", 5000).with(R"("args":["5000"])").run();
  CHECK(full.text("stdout").size() == 5000);
  CHECK(full.text("stderr").size() == 5000);
  CHECK_FALSE(full.truth("stdout_truncated"));
  CHECK_FALSE(full.truth("stderr_truncated"));
}
