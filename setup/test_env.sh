# shellcheck shell=bash
# What the tests are told, in one place. A test that needs something of it and finds it unset is skipped or
# fails by its own choice; `./runyard test` always sets all.

export_test_environment() {
  # A superuser on the tests' own cluster: tests make and drop databases there. The roles runyard_owner,
  # runyard_app, runyard_worker and runyard_reporting exist.
  export RUNYARD_TEST_DB="host=$PG_SOCKET dbname=postgres user=postgres"
  # A whole running stack, and its state folder, whose services tests may kill:
  # $RUNYARD_TEST_STACK/service/{postgres,api,worker,nginx}/supervise/pid.
  export RUNYARD_TEST_URL="http://127.0.0.1:$PORT"
  export RUNYARD_TEST_STACK=$VAR
  # The checkout, and the programs under test.
  export RUNYARD_TEST_ROOT=$ROOT
  export RUNYARD_TEST_BIN=$BUILD
  export RUNYARD_TEST_AGENT
  RUNYARD_TEST_AGENT=$(built_program agent runyard-agent)
  # A memory error must fail its test, also where a test expects a non-zero exit code.
  export ASAN_OPTIONS=abort_on_error=1:detect_leaks=1
  export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:abort_on_error=1
  export NO_PROXY='*' no_proxy='*'
}
