// runyard-admin: what an operator does to a running service. It talks to PostgreSQL and to nothing
// else: workers and API processes see there what they are to do. One command a run. Exit codes: 0
// done, 1 failed or the database is away, 2 wrong usage or settings, 3 there is no such thing.
#include <unistd.h>

#include <iostream>

#include "admin/admin.hpp"

int main(int argc, char** argv) {
  runyard::admin::Console console(STDIN_FILENO, std::cout, std::cerr);
  return runyard::admin::run(runyard::process_sources(argc, argv), console);
}
