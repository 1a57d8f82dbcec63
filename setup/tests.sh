# shellcheck shell=bash
# ./runyard test: builds everything, starts a stack of its own beside the real one, runs every test, stops
# only what it started, and ends with one line "N passed, N failed".

# shellcheck source=/dev/null
source "$ROOT/setup/test_env.sh"

TEST_LABELS=(unit db sandbox e2e contract live web attacks chaos)
PASSED=0
FAILURES=0
SKIPPED=0

command_test() { # label...
  need_root test "$@"
  local label labels=("$@")
  ((${#labels[@]} > 0)) || labels=("${TEST_LABELS[@]}" asan)
  for label in "${labels[@]}"; do
    [[ " ${TEST_LABELS[*]} asan " == *" $label "* ]] || fail "there is no test label '$label'" "choose of: ${TEST_LABELS[*]} asan"
  done
  use_test_stack
  take_lock
  # Also after a failure or Ctrl-C.
  CLEANUP=test_cleanup
  install_packages run build test
  install_test_libraries
  build dev
  printf 'Stack for the tests in %s\n' "$VAR"
  start_stack
  # Without one image the languages of all others can be tested. A subshell, since a failed step ends its shell.
  (trap on_exit EXIT; trap 'exit 1' INT TERM; CLEANUP=; all_images) || FAILURES=$((FAILURES + 1))
  first_run
  export_test_environment
  for label in "${labels[@]}"; do
    if [[ $label == asan ]]; then
      # Beside the stack, which the sanitized tests of the database need.
      (trap on_exit EXIT; trap 'exit 1' INT TERM; CLEANUP=; build asan) || { FAILURES=$((FAILURES + 1)); continue; }
      run_label asan unit
      run_label asan db
    else
      run_label dev "$label"
    fi
  done
  if (($# == 0)); then unlabelled_tests; fi
}

# A stack with its own state, port and cluster.
use_test_stack() {
  use_var "${RUNYARD_TEST_VAR:-$VAR/test}"
  use_ports "${RUNYARD_TEST_PORT:-18080}"
  LISTEN=127.0.0.1
  PRESET=dev
  # The tests' stack is always the same one, whatever the machine's own is told.
  unset RUNYARD_DB RUNYARD_BIN RUNYARD_SLOTS RUNYARD_SANDBOX RUNYARD_SPEC_FILE RUNYARD_SPEC_TIMEOUT_S RUNYARD_SPEC_MEMORY \
    RUNYARD_EXECUTE_PER_15_MIN RUNYARD_WEBHOOKS RUNYARD_WEBHOOK_CA_FILE
  # The one address of this machine where the tests' webhooks may go.
  RUNYARD_WEBHOOK_ALLOW=127.0.0.80
  RUNYARD_AUTH=open
  API_PROCESSES=2
  # Many short-lived databases: nothing in them must survive a power cut.
  RUNYARD_PG_CONNECTIONS=100
  RUNYARD_PG_FSYNC=off
}

run_label() { # preset, label
  local preset=$1 label=$2 report=$VAR/report-$1-$2.xml jobs=1
  printf '\n== %s (%s)\n' "$label" "$preset"
  rm -f "$report" "$VAR/$label.txt"
  # What shares the stack or measures times runs alone.
  [[ $label == unit || $label == db ]] && jobs=$(nproc)
  # A test that hangs is a failed one; ctest's own count is not needed: the report says more.
  run_in_background ctest --test-dir "$ROOT/build/$preset" -L "^$label\$" -j "$jobs" --timeout 300 --output-on-failure \
    --output-junit "$report" --no-tests=ignore
  wait_running || true
  # What tests have to tell though they passed.
  [[ ! -s $VAR/$label.txt ]] || cat "$VAR/$label.txt"
  count_report "$report" "$label ($preset)"
}

# Adds a JUnit report of ctest to the counts. A test whose program is missing is "not run": a failure here.
count_report() { # file, name
  local run failed skipped missing
  if [[ ! -s $1 ]]; then
    printf 'no report of %s: counted as a failure\n' "$2"
    FAILURES=$((FAILURES + 1))
    return
  fi
  run=$(grep -c '<testcase .*status="run"' "$1" || true)
  failed=$(grep -c '<testcase .*status="fail"' "$1" || true)
  missing=$(grep -c '<testcase .*status="\(notrun\|disabled\)"' "$1" || true)
  skipped=$(grep -c '<skipped message="SKIP_' "$1" || true)
  PASSED=$((PASSED + run))
  FAILURES=$((FAILURES + failed + missing - skipped))
  SKIPPED=$((SKIPPED + skipped))
  printf '== %s: %d passed, %d failed, %d skipped\n' "$2" "$run" $((failed + missing - skipped)) "$skipped"
  if ((run + failed + missing == 0)); then
    printf 'no test has the label of %s: counted as a failure\n' "$2"
    FAILURES=$((FAILURES + 1))
  fi
}

# A test without a label would never run.
unlabelled_tests() {
  local labels
  labels=$(IFS='|'; printf '%s' "${TEST_LABELS[*]}")
  local names
  names=$(ctest --test-dir "$ROOT/build/dev" -N -LE "^($labels)\$" | sed -n 's/^ *Test *#[0-9]*: //p')
  [[ -n $names ]] || return 0
  printf 'tests without a label, which nobody runs:\n%s\n' "$names"
  FAILURES=$((FAILURES + $(wc -l <<<"$names")))
}

test_cleanup() { # exit code so far
  local code=$1
  trap - ERR
  set +e
  trap '' INT TERM
  printf '\n== cleaning up\n'
  stop_stack
  if ((code != 0 && FAILURES == 0)); then FAILURES=1; fi
  ((SKIPPED == 0)) || printf '%d not run: what they need cannot be had here\n' "$SKIPPED"
  printf '%d passed, %d failed\n' "$PASSED" "$FAILURES"
  # No test at all is no success.
  ((FAILURES == 0 && PASSED > 0)) || exit 1
  exit 0
}
