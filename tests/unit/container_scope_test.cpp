#include "worker/container_scope.hpp"

#include <algorithm>
#include <memory>
#include <set>

#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard;
using runyard::test::TempDir;

namespace {

std::set<std::string> swept(const ContainerScope& scope) {
  std::set<std::string> labels;
  scope.sweep_abandoned([&](const std::string& label) { labels.insert(label); });
  return labels;
}

}  // namespace

TEST_CASE("no two living workers of a host have the same number") {
  TempDir folder;
  const ContainerScope first(folder.path());
  auto second = std::make_unique<ContainerScope>(folder.path());
  const ContainerScope third(folder.path());
  CHECK(first.number() == 0);
  CHECK(second->number() == 1);
  CHECK(third.number() == 2);
  second.reset();
  CHECK(ContainerScope(folder.path()).number() == 1);
}

TEST_CASE("containers of workers that are gone are leftovers, those of the living are not") {
  TempDir folder;
  const ContainerScope first(folder.path());
  { const ContainerScope gone(folder.path()); }
  CHECK(swept(first) == std::set<std::string>{"worker-0", "worker-1"});
  const ContainerScope second(folder.path());
  CHECK(second.label() == "worker-1");
  CHECK(swept(first) == std::set<std::string>{"worker-0"});
  CHECK(swept(second) == std::set<std::string>{"worker-1"});
}

TEST_CASE("no worker starts under a number whose leftovers are being removed") {
  TempDir folder;
  const ContainerScope first(folder.path());
  { const ContainerScope gone(folder.path()); }
  first.sweep_abandoned([&](const std::string& label) {
    if (label == "worker-1") CHECK(ContainerScope(folder.path()).number() == 2);
  });
}

TEST_CASE("user ids of sandboxes never overlap, on one worker or two") {
  TempDir folder;
  const ContainerScope first(folder.path());
  const ContainerScope second(folder.path());
  CHECK(first.uid_base(0) == kFirstUid);
  CHECK(first.uid_base(1) - first.uid_base(0) == kUidsPerSandbox);
  CHECK(second.uid_base(0) == first.uid_base(kSandboxesPerWorker - 1) + kUidsPerSandbox);
}

TEST_CASE("a host has room for so many workers, and says when it is full") {
  TempDir folder;
  std::vector<std::unique_ptr<ContainerScope>> workers;
  for (int i = 0; i < kWorkersPerHost; ++i)
    workers.push_back(std::make_unique<ContainerScope>(folder.path()));
  CHECK_THROWS_WITH(ContainerScope(folder.path()), test::contains("all 64 worker numbers"));
  CHECK(workers.back()->uid_base(kSandboxesPerWorker - 1) < 0x7fffffff - kUidsPerSandbox);
}

TEST_CASE("a folder that cannot be used is an error") {
  TempDir folder;
  folder.write("file", "");
  CHECK_THROWS(ContainerScope(folder.path() / "file"));
}
