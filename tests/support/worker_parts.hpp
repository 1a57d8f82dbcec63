#pragma once
// What a worker consists of below its queue loop, on a fake docker.
#include <memory>
#include <string>

#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "core/live_store.hpp"
#include "core/work_queue.hpp"
#include "tests/support/fake_docker.hpp"
#include "tests/support/temp_database.hpp"
#include "tests/support/worker_languages.hpp"
#include "worker/slots.hpp"

namespace runyard::test {

/// The only language is run_alone()'s; its image is there once `images` has looked.
struct WorkerParts {
  explicit WorkerParts(const std::string& options) : database(options, 6) {
    docker.list_images("sha256:aa runyard/run latest\n");
  }

  const std::string worker_id = new_uuid7();
  FakeDocker docker;
  Database database;
  WorkQueue queue{database, worker_id};
  LanguageCatalog catalog = run_alone();
  ProcessHost processes;
  Images images{processes, docker.settings()};
  SandboxPool pool{PoolSettings{}, [this](const SandboxClass& c, int) {
                     return std::make_unique<Sandbox>(processes, docker.settings(), c, 20000,
                                                      std::chrono::seconds(5));
                   }};
  CompileCache cache{1 << 20};
  ExecutionServices services{catalog, images, pool, cache, "runc", std::chrono::seconds(3)};
  LiveStore live_store{database};
  LiveRuns live_runs{live_tables(live_store)};
  Holdings holdings;
};

/// A database of the test's own, to stand before WorkerParts that use it.
struct OwnDatabase {
  TempDatabase temp;
};

}  // namespace runyard::test
