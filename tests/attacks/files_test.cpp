// SECURITY.md's group "Files": links, trees and names that mislead whoever collects or deletes
// them.
#include "tests/support/attack.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

/// The files that came back. What was asked for by name and did not come stands beside them with
/// its reason, and never with a content.
std::vector<json::Value> files_of(const Ended& ended) {
  std::vector<json::Value> files;
  for (const auto& artifact : *ended.at("artifacts")->array()) {
    if (artifact.find("error"))
      CHECK_FALSE(artifact.find("content"));
    else
      files.push_back(artifact);
  }
  return files;
}

}  // namespace

TEST_CASE("files: links, folders, FIFOs and sockets are no artifacts") {
  const auto ended =
      Attack("files/not_regular.py")
          .with(
              R"("artifacts":["link","link_to_agent","folder_link/passwd","fifo","socket","first_name",)"
              R"("second_name","folder","hidden","absent","good"])")
          .prints("made\n")
          .run();
  const auto files = files_of(ended);
  REQUIRE(files.size() == 1);
  CHECK(text_at(files[0], "name") == "good");
  CHECK(text_at(files[0], "content") == "good");
}

TEST_CASE("files: nothing outside of the box can be linked into it") {
  const auto ended =
      Attack("files/hard_links_outside.py").with(R"("artifacts":["linked"])").held().run();
  CHECK(files_of(ended).empty());
}

TEST_CASE("files: trees without permissions are deleted") {
  Attack("files/closed_trees.py").prints("made\n").run();
}

TEST_CASE("files: trees of thousands of levels are deleted") {
  Attack("files/deep_folders.py").limit("wall_ms", 5000).prints("made\n").run();
}

TEST_CASE("files: strange names are deleted") {
  Attack("files/strange_names.py").prints("made\n").run();
}

TEST_CASE("files: nothing but the job's own folders can be written") {
  Attack("files/write_elsewhere.py").limit("wall_ms", 15000).held().run();
}

TEST_CASE("files: settings of the kernel and of the cgroup cannot be written") {
  Attack("files/kernel_settings.py").held().run();
}

TEST_CASE(
    "files: an artifact that is swapped with a link in a loop is the job's own file or none") {
  const auto ended = Attack("files/swap_in_a_loop.py")
                         .limit("wall_ms", 5000)
                         .with(R"("artifacts":["artifact","link"])")
                         .run();
  for (const auto& artifact : files_of(ended)) CHECK(text_at(artifact, "content") == "mine");
}

TEST_CASE("files: dotfiles do not reach the next program") {
  Attack("files/dotfiles.py").prints("made\n").run();
}
