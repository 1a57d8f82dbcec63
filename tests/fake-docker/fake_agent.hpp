#pragma once
// An agent that runs nothing: each step's argv says what it pretends to have done.
#include <string>

namespace runyard::test {

/// How the agent behaves before the first job.
struct AgentManners {
  bool refuses = false;
  bool wrong_nonce = false;
  bool old_version = false;
  bool garbage = false;
  bool dies_when_ready = false;
  bool lingers = false;  ///< does not end when its input does
};

/// Speaks agent/protocol.hpp on descriptors 0 and 1 until its input ends. Steps, by argv[0]:
///   say WORD...          prints them and a line end
///   cat                  prints its stdin
///   complain WORD...     prints them on stderr
///   fail N | signal N    ends so
///   limit N              ends by protocol::Limit N
///   sleep MS             takes that long
///   hang                 ends only by CANCEL
///   echo                 prints "ready", then what is typed, until its end; the rest on stderr
///   make NAME TEXT       exit code 0 and that file as an artifact
///   taint | no-proof     a good step; then TAINTED, or nothing
///   leave WORD...        prints them; TAINTED at once, whatever steps there were to follow
///   no-room              the job's files could not be written: a disk limit, and TAINTED
/// and these break the protocol:
///   vanish | vanish-silent | vanish-typed | garbage | flood | take-all | other-job | other-step
///   no-steps | chatter
/// Returns the exit code of the docker client.
int serve(const AgentManners& manners);

}  // namespace runyard::test
