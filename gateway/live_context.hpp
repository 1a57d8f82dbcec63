#pragma once
// What live runs and sessions share; constant once the server runs.
#include <boost/asio/io_context.hpp>

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
  /// What waits for clients that read slowly.
  Backlog& unwritten;
};

}  // namespace runyard::gateway
