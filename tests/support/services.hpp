#pragma once
// The running stack of the tests, whose services a test may kill.
#include <sys/types.h>

#include <set>
#include <string>
#include <vector>

namespace runyard::test {

/// The stack in RUNYARD_TEST_STACK; the constructor throws when that is not set.
class Stack final {
 public:
  Stack();

  bool has_service(const std::string& name) const;
  /// The supervised process; 0 while there is none.
  pid_t pid(const std::string& service) const;
  /// kill(2) of the supervised process; returns which one it was.
  pid_t kill(const std::string& service, int signal) const;
  /// sv(8) COMMAND SERVICE, waiting for its end.
  void control(const std::string& command, const std::string& service) const;
  /// Another process than `old` is there and stays.
  bool back(const std::string& service, pid_t old) const;

  /// The folder of its state.
  const std::string& var() const { return var_; }
  /// Where its API takes FastCGI requests.
  std::string api_socket() const { return run_ + "/api.sock"; }

  /// First column of the first row, as a superuser of the stack's database. Throws when that is
  /// away.
  std::string sql(const std::string& statement) const;

  /// Names of the containers of this stack's worker.
  std::set<std::string> containers() const;
  /// Names of the containers that a living docker client of the worker holds.
  std::set<std::string> held_containers() const;
  /// Those clients.
  std::vector<pid_t> docker_clients() const;

 private:
  std::string var_;
  std::string run_;
};

}  // namespace runyard::test
