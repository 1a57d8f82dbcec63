#include "worker/images.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fake_docker.hpp"

using namespace runyard;
using runyard::test::FakeDocker;

TEST_CASE("the list of images is read line by line") {
  const auto images = parse_image_list(
      "sha256:aa runyard/python latest\n"
      "sha256:bb runyard/cpp <none>\n"
      "sha256:cc other/python latest\n"
      "sha256:dd <none> <none>\n"
      "\n"
      "sha256:ee\n"
      "sha256:ff runyard/cpp latest\n");
  REQUIRE(images.size() == 2);
  CHECK(images[0].folder == "python");
  CHECK(images[0].id == "sha256:aa");
  CHECK(images[1].folder == "cpp");
  CHECK(parse_image_list("").empty());
}

TEST_CASE("images come and go as the engine lists them") {
  FakeDocker docker;
  ProcessHost processes;
  Images images(processes, docker.settings());
  CHECK_FALSE(images.id_of("python"));
  docker.list_images("sha256:aa runyard/python latest\n");
  CHECK(images.refresh());
  CHECK_FALSE(images.refresh());
  CHECK(images.id_of("python") == "sha256:aa");
  CHECK(images.folders() == std::vector<std::string>{"python"});
  docker.list_images("sha256:bb runyard/python latest\n");
  CHECK(images.refresh());
  CHECK(images.id_of("python") == "sha256:bb");
  CHECK(docker.calls("image inspect") == 2);  // each id once

  SECTION("an engine that does not answer changes nothing") {
    docker.break_down();
    CHECK_FALSE(images.refresh());
    CHECK(images.id_of("python") == "sha256:bb");
    docker.repair();
    docker.list_images("");
    CHECK(images.refresh());
    CHECK_FALSE(images.id_of("python"));
  }
}

TEST_CASE("an image with a VOLUME is not used") {
  FakeDocker docker;
  docker.list_images("sha256:aa runyard/python latest\n");
  docker.declare_volumes(R"({"/data":{}})");
  ProcessHost processes;
  Images images(processes, docker.settings());
  CHECK_FALSE(images.refresh());
  CHECK_FALSE(images.id_of("python"));
}
