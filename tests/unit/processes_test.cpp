#include "tests/support/processes.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/catch.hpp"

using namespace runyard::test;

TEST_CASE("reading a process that ends meanwhile gives nothing, and throws nothing") {
  // No read from its beginning succeeds, as with the files of a process that ends after they were
  // opened.
  CHECK(process_file(::getpid(), "mem").empty());
  CHECK_FALSE(process_file(::getpid(), "cmdline").empty());
  const pid_t gone = ::fork();
  if (gone == 0) ::_exit(0);
  REQUIRE(::waitpid(gone, nullptr, 0) == gone);
  CHECK(process_file(gone, "cmdline").empty());
  CHECK(process_folder(gone, "fd").empty());
  CHECK(children_of(gone).empty());
  CHECK(arguments_of(gone).empty());
}
