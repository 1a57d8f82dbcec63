#pragma once
// What one execution may use at most. Each is enforced by the kernel, children included.
#include <cstdint>

namespace runyard {

inline constexpr std::int64_t kKib = 1024;
inline constexpr std::int64_t kMib = 1024 * kKib;

struct Limits {
  std::int64_t wall_ms = 10'000;        ///< of each run step
  std::int64_t cpu_ms = 10'000;         ///< user and system time of all processes of a run step
  std::int64_t memory_kb = 128 * kKib;  ///< KiB, of all processes and the files in memory together
  std::int64_t processes = 64;          ///< processes and threads at one time
  std::int64_t output_bytes = 64 * kKib;  ///< of stdout, and again of stderr
  std::int64_t file_bytes = 16 * kMib;    ///< of one written file
  std::int64_t compile_wall_ms = 20'000;  ///< of the compile step
  /// Of the whole execution: its compilation, runs, tests and checks together, while they run. The
  /// API's setting or a problem's, never a language's, so it is not among the fields below.
  std::int64_t total_ms = 600'000;
};

/// The most that any setting may allow for a whole execution: a day.
inline constexpr std::int64_t kMaxTotalMs = 86'400'000;

/// What stands in a request's or manifest's `limits`: the name, the member, the least allowed
/// value.
struct LimitField {
  const char* name;
  std::int64_t Limits::*member;
  std::int64_t minimum;
  std::int64_t server_maximum;
};

/// Every limit; the maxima are the server's, a language's manifest may set its own.
inline constexpr LimitField kLimitFields[] = {
    {"wall_ms", &Limits::wall_ms, 1, 60'000},
    {"cpu_ms", &Limits::cpu_ms, 1, 60'000},
    {"memory_kb", &Limits::memory_kb, 8 * kKib, kMib},
    {"processes", &Limits::processes, 1, 256},
    {"output_bytes", &Limits::output_bytes, 1, kMib},
    {"file_bytes", &Limits::file_bytes, 1, 64 * kMib},
    {"compile_wall_ms", &Limits::compile_wall_ms, 1, 60'000},
};

}  // namespace runyard
