#pragma once
// From an execution to the exit code of the client.
#include "core/json.hpp"

namespace runyard::cli {

inline constexpr int kTestsFailed = 1;
inline constexpr int kLimit = 120;  ///< processes, files, forbidden system calls
inline constexpr int kMemoryLimit = 121;
inline constexpr int kOutputLimit = 122;
inline constexpr int kTimeOut = 124;        ///< as of timeout(1)
inline constexpr int kNotCompiled = 126;    ///< as a shell's, which cannot run what it found
inline constexpr int kSignalBase = 128;     ///< and the signal's number, as a shell's
inline constexpr int kCancelled = 128 + 2;  ///< as after Ctrl-C

/// `execution` is the API's object of one that is over. Without tests: the program's own exit code,
/// or one of those above. With tests: 0 when all passed, kTestsFailed when the program failed one,
/// else as without. kFailed (failure.hpp) when the fault is Runyard's, or the object tells nothing.
int exit_code_of(const json::Value& execution);

}  // namespace runyard::cli
