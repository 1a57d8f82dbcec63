#include "worker/checker.hpp"

#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

bool matches(CheckerKind kind, std::string_view output, std::string_view expected,
             double tolerance = 1e-6) {
  Checker checker;
  checker.kind = kind;
  checker.tolerance = tolerance;
  return output_matches(checker, output, expected);
}

}  // namespace

TEST_CASE("exact means every byte") {
  CHECK(matches(CheckerKind::kExact, "", ""));
  CHECK(matches(CheckerKind::kExact, "a\n", "a\n"));
  CHECK_FALSE(matches(CheckerKind::kExact, "a", "a\n"));
  CHECK_FALSE(
      matches(CheckerKind::kExact, std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}

TEST_CASE("trim ignores what is at the end of lines and of the text") {
  CHECK(matches(CheckerKind::kTrim, "a \t\r\nb\n\n \n", "a\nb"));
  CHECK(matches(CheckerKind::kTrim, "", "\n\n"));
  CHECK(matches(CheckerKind::kTrim, "a\n\nb", "a\n\nb\n"));
  CHECK_FALSE(matches(CheckerKind::kTrim, " a", "a"));
  CHECK_FALSE(matches(CheckerKind::kTrim, "a\nb", "a\n\nb"));
  CHECK_FALSE(matches(CheckerKind::kTrim, "a  b", "a b"));
  CHECK_FALSE(matches(CheckerKind::kTrim, "a", ""));
}

TEST_CASE("tokens are the words, however they are spread") {
  CHECK(matches(CheckerKind::kTokens, "1 2\n\n3\t", " 1\r\n2 3"));
  CHECK(matches(CheckerKind::kTokens, " \n", ""));
  CHECK_FALSE(matches(CheckerKind::kTokens, "12 3", "1 2 3"));
  CHECK_FALSE(matches(CheckerKind::kTokens, "1 2", "1 2 3"));
}

TEST_CASE("floats may differ by the tolerance, absolutely or relatively") {
  CHECK(matches(CheckerKind::kFloat, "0.3333333", "0.33333333333"));
  CHECK(matches(CheckerKind::kFloat, "1000000.5", "1000000"));
  CHECK(matches(CheckerKind::kFloat, "1e3 x", "1000 x"));
  CHECK(matches(CheckerKind::kFloat, "-0", "0"));
  CHECK(matches(CheckerKind::kFloat, "nan", "nan"));
  CHECK_FALSE(matches(CheckerKind::kFloat, "0.33", "0.333"));
  CHECK(matches(CheckerKind::kFloat, "0.33", "0.333", 0.01));
  CHECK_FALSE(matches(CheckerKind::kFloat, "1 2", "1"));
  CHECK_FALSE(matches(CheckerKind::kFloat, "x", "y"));
  CHECK_FALSE(matches(CheckerKind::kFloat, "inf", "1e308"));
  CHECK_FALSE(matches(CheckerKind::kFloat, "1x", "1"));
  CHECK_FALSE(matches(CheckerKind::kFloat, std::string_view("1\0", 2), "1"));
}

TEST_CASE("unordered lines are the same lines, as often") {
  CHECK(matches(CheckerKind::kUnorderedLines, "b \na\n", "a\nb"));
  CHECK_FALSE(matches(CheckerKind::kUnorderedLines, "a\na\nb", "a\nb\nb"));
  CHECK_FALSE(matches(CheckerKind::kUnorderedLines, "a", "a\nb"));
}

TEST_CASE("an output of a megabyte of one word or of line ends is compared at once") {
  const std::string lines(1'000'000, '\n');
  CHECK(matches(CheckerKind::kTrim, lines, ""));
  CHECK(matches(CheckerKind::kTokens, std::string(1'000'000, 'x'), std::string(1'000'000, 'x')));
  CHECK(matches(CheckerKind::kFloat, std::string(1'000'000, '9'), std::string(1'000'000, '9')));
}

TEST_CASE("a program as checker is nobody's question here") {
  CHECK_THROWS_AS(matches(CheckerKind::kProgram, "", ""), std::logic_error);
}
