# shellcheck shell=bash
# ./runyard test: builds everything, starts a stack of its own beside the real one, runs every test, stops
# only what it started, and ends with one line "N passed, N failed".

# shellcheck source=/dev/null
source "$ROOT/setup/test_env.sh"
# shellcheck source=/dev/null
source "$ROOT/setup/test_report.sh"

TEST_LABELS=(unit db sandbox e2e contract live web attacks chaos)

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
  (trap on_exit EXIT; trap 'exit 1' INT TERM; CLEANUP=; all_images) || FAILED+=('the language images')
  first_run
  export_test_environment
  for label in "${labels[@]}"; do
    if [[ $label == asan ]]; then
      # Beside the stack, which the sanitized tests of the database need.
      (trap on_exit EXIT; trap 'exit 1' INT TERM; CLEANUP=; build asan) || { FAILED+=('the build with sanitizers'); continue; }
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

# A test without a label would never run.
unlabelled_tests() {
  local labels
  labels=$(IFS='|'; printf '%s' "${TEST_LABELS[*]}")
  local name names
  names=$(ctest --test-dir "$ROOT/build/dev" -N -LE "^($labels)\$" | sed -n 's/^ *Test *#[0-9]*: //p')
  [[ -n $names ]] || return 0
  while IFS= read -r name; do FAILED+=("$name: without a label nobody runs it"); done <<<"$names"
}

test_cleanup() { # exit code so far
  local code=$1
  trap - ERR
  set +e
  trap '' INT TERM
  printf '\n== cleaning up\n'
  stop_stack
  if ((code != 0 && ${#FAILED[@]} == 0)); then FAILED+=('the run itself, as told above'); fi
  print_report
  # No test at all is no success.
  ((${#FAILED[@]} == 0 && PASSED > 0)) || exit 1
  exit 0
}
