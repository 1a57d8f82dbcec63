#pragma once
// What live runs and sessions share; constant once the server runs.
#include <boost/asio/io_context.hpp>
#include <chrono>

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

/// What fails for a run is tried again after so long, then after twice that, and so on; when so
/// many tries in a row have failed, about two minutes, its client is told.
struct LiveRetries {
  std::chrono::milliseconds first{500};
  std::chrono::milliseconds last{8000};
  int most = 18;
};

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
  LiveRetries retries{};
};

}  // namespace runyard::gateway
