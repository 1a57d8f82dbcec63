#include "agent/protection.hpp"

#ifdef RUNYARD_AGENT_WEAK

#include <cstdlib>
#include <string>

namespace runyard::agent {
namespace {
const char* name_of(Protection protection) {
  switch (protection) {
    case Protection::kAttest:
      return "attest";
    case Protection::kSetuid:
      return "setuid";
    case Protection::kFilter:
      return "filter";
    case Protection::kCloseFds:
      return "close_fds";
    case Protection::kPtmx:
      return "ptmx";
    case Protection::kKill:
      return "kill";
    case Protection::kClean:
      return "clean";
    case Protection::kProof:
      return "proof";
    case Protection::kNoFollow:
      return "no_follow";
    case Protection::kOutput:
      return "output";
    case Protection::kWall:
      return "wall";
    case Protection::kCpu:
      return "cpu";
    case Protection::kProcesses:
      return "processes";
    case Protection::kOomScore:
      return "oom_score";
    case Protection::kSockets:
      return "sockets";
    case Protection::kWriteScope:
      return "write_scope";
    case Protection::kSeal:
      return "seal";
    case Protection::kReserve:
      return "reserve";
  }
  return "";
}
}  // namespace

bool enabled(Protection protection) {
  const char* without = std::getenv("RUNYARD_AGENT_WITHOUT");
  if (without == nullptr) return true;
  const std::string list = "," + std::string(without) + ",";
  return list.find("," + std::string(name_of(protection)) + ",") == std::string::npos;
}

}  // namespace runyard::agent

#endif
