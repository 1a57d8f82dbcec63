#pragma once
// What live runs and sessions share; constant once the server runs.
#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

namespace runyard {
class LiveStore;
class ExecutionStore;
}  // namespace runyard

namespace runyard::gateway {

class ApiClient;
class DbThreads;
class Hub;
class HeldRuns;
class Admission;
class Backlog;

struct LiveContext {
  boost::asio::io_context& io;
  ApiClient& api;
  DbThreads& db;
  LiveStore& live;
  ExecutionStore& executions;
  Hub& hub;
  HeldRuns& held;
  Admission& admission;
  /// Hosts whose pages may connect beside the own one; "*": all.
  std::vector<std::string> allowed_origins;
  /// What waits for clients that read slowly.
  Backlog& unwritten;
};

}  // namespace runyard::gateway
