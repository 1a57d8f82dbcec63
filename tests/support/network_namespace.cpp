#include "tests/support/network_namespace.hpp"

#include <unistd.h>

#include <sstream>

#include "tests/support/agent_session.hpp"
#include "tests/support/leftovers.hpp"

namespace runyard::test {
namespace {

constexpr char kPrefix[] = "runyard-chaos-";

/// Nobody else has this process's own number now: it was a killed one's.
void remove_leftovers() {
  std::istringstream lines(output_of({"ip", "netns", "list"}));
  for (std::string line; std::getline(lines, line);) {
    const auto name = line.substr(0, line.find(' '));
    if (left_behind(name, kPrefix) || name == name_of_mine(kPrefix))
      output_of({"ip", "netns", "del", name});  // and the cable with it
  }
}

}  // namespace

NetworkNamespace::NetworkNamespace() : number_(::getpid() % 250), name_(name_of_mine(kPrefix)) {
  remove_leftovers();
  const auto outside = name_of_mine("ryc");
  output_of({"ip", "netns", "add", name_});
  output_of({"ip", "link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", name_});
  output_of({"ip", "address", "add", host_address() + "/30", "dev", outside});
  output_of({"ip", "link", "set", outside, "up"});
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"address", "add", "10.213." + std::to_string(number_) + ".2/30",
                                 "dev", "eth0"},
        {"link", "set", "eth0", "up"},
        {"link", "set", "lo", "up"}}) {
    std::vector<std::string> command = {"ip", "-n", name_};
    command.insert(command.end(), words.begin(), words.end());
    output_of(command);
  }
}

NetworkNamespace::~NetworkNamespace() {
  try {
    output_of({"ip", "netns", "del", name_});
  } catch (const std::exception&) {
    // Nothing that a test could do about it.
  }
}

std::string NetworkNamespace::host_address() const {
  return "10.213." + std::to_string(number_) + ".1";
}

void NetworkNamespace::cut() { filter("-A"); }
void NetworkNamespace::mend() { filter("-D"); }

void NetworkNamespace::filter(const std::string& change) const {
  for (const std::string chain : {"INPUT", "OUTPUT"})
    output_of({"ip", "netns", "exec", name_, "iptables", change, chain, "-j", "DROP"});
}

}  // namespace runyard::test
