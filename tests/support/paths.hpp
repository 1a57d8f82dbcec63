#pragma once
// Where things stand that tests read or start. Only paths.cpp is compiled with the checkout's
// place, so that a compiler cache serves every checkout.
#include <string>

namespace runyard::test {

/// The absolute path of a file of the checkout, e.g. "sql/migrations".
std::string source_path(const std::string& relative);

/// The program that plays the docker client.
std::string fake_docker_path();

}  // namespace runyard::test
