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

/// Takes and refuses jobs as the real agent does, and starts nothing that the kernel would not.
/// Speaks agent/protocol.hpp on descriptors 0 and 1 until its input ends. Steps, by argv[0]:
///   say WORD...          prints them and a line end
///   cat                  prints its stdin
///   complain WORD...     prints them on stderr
///   fail N | signal N    ends so
///   limit N              ends by protocol::Limit N
///   sleep MS             takes that long
///   hang                 ends only by CANCEL
///   echo                 prints "ready", then what is typed, until its end; the rest on stderr
///   hex HEX [N]          prints these bytes; exit code N
///   complain-hex HEX [N] the same on stderr
///   make-hex HEX SIZE N  exit code 0 and N files as artifacts, of a name with these bytes
///   make NAME TEXT       exit code 0 and that file as an artifact
///   taint | no-proof     a good step; then TAINTED, or nothing
/// and these break the protocol:
///   vanish | vanish-silent | vanish-typed | garbage | flood | take-all | other-job | other-step
///   no-steps | chatter
/// Returns the exit code of the docker client.
int serve(const AgentManners& manners);

}  // namespace runyard::test
