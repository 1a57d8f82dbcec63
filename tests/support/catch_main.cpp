// The main function of every test program; Catch2 3 brings its own as a library.
#include <signal.h>

namespace {
/// As the programs do in their main: a pipe whose reader has died is an error of write(), and no
/// end.
[[maybe_unused]] const auto kIgnored = ::signal(SIGPIPE, SIG_IGN);
}  // namespace

#if !__has_include(<catch2/catch_all.hpp>)
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
