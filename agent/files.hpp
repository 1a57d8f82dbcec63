#pragma once
// Files of a job, handled by children that have become the job's uid: what root does by name in a
// folder that a job can write to is how other judges were escaped. No link is followed on the way.
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "agent/job.hpp"
#include "agent/out_queue.hpp"

namespace runyard::agent {

class Channel;

struct WriteError {
  int error = 0;         ///< errno; 0 is success
  std::size_t file = 0;  ///< index of the file that could not be written; those before it stay
};

/// Writes the job's files into /box as `uid`, making the folders between. Nobody else may write to
/// the files; in the folders everybody may make new ones. What is written is let go from memory,
/// except in a local sandbox, which writes it again after each run.
WriteError write_files(const Job& job, uid_t uid);

/// Deletes, as `uid`, what this uid may delete in the folders, at any depth and mode: their own
/// entries, and what is below folders that are this uid's. Success is not reported: whether the
/// folders are empty is the file system's to say. Gives up after `timeout_ns`. Needs next to no
/// memory.
void empty_folders(const std::vector<std::string>& folders, uid_t uid, std::uint64_t timeout_ns);

/// Sends the step's `collect` files as ARTIFACT and ARTIFACT_DATA frames, or why not. Sent are
/// regular files with one name only, each once, in the order of `collect`, as long as their sum
/// stays within collect_bytes and their number within kMaxArtifacts, with names that a job can
/// carry. False when the helper broke.
bool send_artifacts(const Job& job, std::uint16_t step, uid_t uid, Channel& channel);

/// True when the bytes are UTF-8 as Unicode defines it: a name that a job's JSON can carry.
bool is_utf8(std::string_view text);

/// True when `name` fits `pattern`, in which one `*` stands for any bytes but not for a leading
/// dot.
bool matches(std::string_view pattern, std::string_view name);

}  // namespace runyard::agent
