#include "tests/support/attack.hpp"

#include <algorithm>
#include <map>

#include "tests/support/catch.hpp"

namespace runyard::test {
namespace {

const char kPrograms[] = "tests/attacks/programs/";

std::string language_of(const std::string& program) {
  static const std::map<std::string, std::string> languages = {
      {"py", "python"}, {"c", "c"}, {"cpp", "cpp"}, {"sh", "bash"}, {"java", "java"}};
  return languages.at(program.substr(program.rfind('.') + 1));
}

std::string list(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : " or ") + word;
  return out;
}

}  // namespace

void check_canaries(const std::string& language, const std::string& limits) {
  const bool native = language == "c" || language == "cpp";
  const std::string name = native ? "canary.c" : "canary.py";
  const auto same = run(native ? "c" : "python", file_of_checkout(kPrograms + name),
                        limits.empty() ? "" : "\"limits\":{" + limits + "}");
  INFO("the canary of the same owner: " << same.shown());
  CHECK(same.verdict() == "COMPLETED");
  CHECK(same.text("stdout") == "clean\n");
  const auto other =
      run("python", file_of_checkout(std::string(kPrograms) + "canary.py"), "", kOtherOwner);
  INFO("the canary of another owner: " << other.shown());
  CHECK(other.verdict() == "COMPLETED");
  CHECK(other.text("stdout") == "clean\n");
}

Attack::Attack(std::string program)
    : program_(std::move(program)),
      language_(language_of(program_)),
      limits_{{"wall_ms", 10'000}},  // for those that end by themselves, on a machine that stalls
      verdicts_{"COMPLETED"} {}

Attack& Attack::limit(const std::string& name, std::int64_t value) {
  const auto found = std::find_if(limits_.begin(), limits_.end(),
                                  [&](const auto& limit) { return limit.first == name; });
  if (found != limits_.end())
    found->second = value;
  else
    limits_.emplace_back(name, value);
  return *this;
}

Attack& Attack::with(const std::string& members) {
  members_ += "," + members;
  return *this;
}

Attack& Attack::ends_as(std::vector<std::string> verdicts) {
  verdicts_ = std::move(verdicts);
  return *this;
}

Attack& Attack::prints(std::string text) {
  output_ = std::move(text);
  has_output_ = true;
  return *this;
}

Ended Attack::run() const {
  std::string all;
  std::string of_sandbox;  // those that decide which sandbox it is
  for (const auto& [name, value] : limits_) {
    const auto member = "\"" + name + "\":" + std::to_string(value);
    all += (all.empty() ? "" : ",") + member;
    if (name == "memory_kb" || name == "processes")
      of_sandbox += (of_sandbox.empty() ? "" : ",") + member;
  }
  auto ended = test::run(language_, file_of_checkout(kPrograms + program_),
                         "\"limits\":{" + all + "}" + members_);
  {
    INFO(program_ << " must end as " << list(verdicts_) << ": " << ended.shown());
    CHECK(std::count(verdicts_.begin(), verdicts_.end(), ended.verdict()) == 1);
    if (has_output_) CHECK(ended.text("stdout") == output_);
  }
  check_canaries(language_, of_sandbox);
  return ended;
}

}  // namespace runyard::test
