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

TEST_CASE("an operator's own image is looked for by its name, and never pulled") {
  FakeDocker docker;
  ProcessHost processes;
  Images images(processes, docker.settings(), {"python:alpine"});
  CHECK_FALSE(images.refresh());
  CHECK_FALSE(images.id_of("image:python:alpine"));
  docker.have_foreign("sha256:cc\nnull\n[\"PATH=/opt/bin:/bin\",\"A=b=c\"]\n");
  CHECK(images.refresh());
  CHECK(images.id_of("image:python:alpine") == "sha256:cc");
  CHECK(images.environment_of("image:python:alpine") ==
        std::vector<std::pair<std::string, std::string>>{{"PATH", "/opt/bin:/bin"}, {"A", "b=c"}});
  CHECK(images.environment_of("python").empty());
  CHECK(docker.calls("pull") == 0);

  SECTION("one with a VOLUME is refused") {
    docker.have_foreign("sha256:dd\n{\"/data\":{}}\nnull\n");
    CHECK(images.refresh());
    CHECK_FALSE(images.id_of("image:python:alpine"));
  }
  SECTION("one that was removed is gone") {
    docker.have_foreign("");
    CHECK(images.refresh());
    CHECK_FALSE(images.id_of("image:python:alpine"));
  }
}

TEST_CASE("what docker says of an image is read line by line") {
  CHECK(parse_inspected("sha256:a\n{}\nnull\n")->environment.empty());
  CHECK_FALSE(parse_inspected("sha256:a\n{}\nnull\n")->has_volumes);
  CHECK_FALSE(parse_inspected(""));
  CHECK_FALSE(parse_inspected("sha256:a\nnull\n"));
  CHECK_FALSE(parse_inspected("a\nnull\nnull\n"));
  CHECK_FALSE(parse_inspected("sha256:a\nnull\n[\n"));
  CHECK(parse_inspected("sha256:a\nnull\n[1,\"x\",\"=y\"]\n")->environment.empty());
}
