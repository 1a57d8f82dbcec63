// Memory that the kernel's limit does not see.
#include "agent/socket_memory.hpp"

#include <string>

#include "tests/support/agent_session.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::test;
using protocol::Limit;

namespace {

// 1,000 sockets with some 200 KiB each, which nobody reads.
const char* const kFillSockets =
    "import socket, time\n"
    "held = []\n"
    "sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
    "sender.setblocking(False)\n"
    "try:\n"
    "  for _ in range(1000):\n"
    "    held.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))\n"
    "    held[-1].bind(('127.0.0.1', 0))\n"
    "    for _ in range(4):\n"
    "      sender.sendto(b'x' * 60000, held[-1].getsockname())\n"
    "except OSError:\n"
    "  pass\n"
    "time.sleep(1)\n"
    "print('filled')\n";

Limit limit_of(const std::string& without) {
  SandboxOptions options;
  options.agent_without = without;
  AgentSession session(options);
  REQUIRE(session.hello().empty());
  const auto outcome = session.run(python(kFillSockets));
  REQUIRE(outcome.steps.size() == 1);
  if (outcome.steps[0].limit == Limit::kMemory) CHECK(outcome.steps[0].peak_bytes > 128u << 20);
  return outcome.steps[0].limit;
}

}  // namespace

TEST_CASE("What waits in sockets counts as memory") {
  if (agent_test_image().empty()) {
    WARN("no docker engine answers: skipped");
    return;
  }
  const bool counted_by_kernel =
      output_of({"docker", "info", "--format", "{{.CgroupVersion}}"}) == "2\n";
  if (counted_by_kernel) return;  // the sender is refused instead
  CHECK(limit_of("") == Limit::kMemory);
  CHECK(limit_of("sockets") == Limit::kNone);
}

TEST_CASE("Figures of sockets are read from the kernel's words") {
  using agent::socket_memory;
  const auto memory = socket_memory(
      "sockets: used 4001\nTCP: inuse 7 orphan 0 tw 335 alloc 106 mem 45066\nUDP: inuse 4000 mem "
      "179535\n"
      "UDPLITE: inuse 9\nRAW: inuse 1\nFRAG: inuse 0 memory 5\n",
      "TCP6: inuse 2\nUDP6: inuse 1\nUDPLITE6: inuse 0\n");
  CHECK(memory.in_use == 7 + 4000 + 2 + 1);
  CHECK(memory.pages == 45066 + 179535);
  CHECK(socket_memory("", "").pages == 0);
  CHECK(socket_memory("TCP: inuse", "TCP6:").in_use == 0);
  CHECK(socket_memory("UDP: inuse x mem 3", "").pages == 3);
}
