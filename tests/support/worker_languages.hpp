#pragma once
// What a worker of a test can run, on a fake docker.
#include "core/language.hpp"

namespace runyard::test {

/// One language, `run`, with the server's own limits; one sandbox of it is held ready.
inline LanguageCatalog run_alone() {
  Language run;
  run.id = run.image = "run";
  run.version = "1";
  run.source = "main.txt";
  for (const auto& field : kLimitFields) run.maximum_limits.*field.member = field.server_maximum;
  return LanguageCatalog({run});
}

}  // namespace runyard::test
