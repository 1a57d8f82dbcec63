#include "cli/exit_code.hpp"

#include <string_view>

#include "cli/failure.hpp"
#include "cli/members.hpp"

namespace runyard::cli {
namespace {

struct ReasonCode {
  std::string_view reason;
  int code;
};
constexpr ReasonCode kReasonCodes[] = {
    {"COMPILE_ERROR", kNotCompiled}, {"MEMORY_LIMIT", kMemoryLimit}, {"OUTPUT_LIMIT", kOutputLimit},
    {"PROCESS_LIMIT", kLimit},       {"DISK_LIMIT", kLimit},         {"FORBIDDEN_SYSCALL", kLimit},
    {"WRONG_ANSWER", kTestsFailed},
};

bool has_tests(const json::Value& execution) {
  const auto* tests = execution.find("tests");
  return tests && tests->array() && !tests->array()->empty();
}

bool is_ours(std::string_view reason) {
  return reason == "SANDBOX_FAILURE" || reason == "WORKER_LOST";
}

int runtime_error(const json::Value& execution) {
  if (const auto signal = integer_at(execution, "signal"); signal && *signal > 0 && *signal < 128)
    return kSignalBase + static_cast<int>(*signal);
  const auto code = integer_at(execution, "exit_code");
  return code && *code > 0 && *code < 256 ? static_cast<int>(*code) : kFailed;
}

}  // namespace

int exit_code_of(const json::Value& execution) {
  const auto status = text_at(execution, "status");
  const auto reason = text_at(execution, "reason");
  if (status == "COMPLETED") return 0;
  if (status == "CANCELLED") return kCancelled;
  if (is_ours(reason)) return kFailed;
  if (reason == "COMPILE_ERROR") return kNotCompiled;
  if (has_tests(execution) && (status == "FAILED" || status == "TIMEOUT")) return kTestsFailed;
  if (status == "TIMEOUT") return kTimeOut;
  for (const auto& row : kReasonCodes)
    if (row.reason == reason) return row.code;
  return status == "FAILED" ? runtime_error(execution) : kFailed;
}

}  // namespace runyard::cli
