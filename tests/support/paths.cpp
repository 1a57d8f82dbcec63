#include "tests/support/paths.hpp"

namespace runyard::test {

std::string source_path(const std::string& relative) { return RUNYARD_SOURCE_DIR "/" + relative; }

std::string fake_docker_path() { return RUNYARD_FAKE_DOCKER; }

}  // namespace runyard::test
