# shellcheck shell=bash
# ./runyard soak: mixed load on a stack of its own for some minutes, and whether what it uses stays flat.

command_soak() { # minutes
  local minutes=${1:-20} code=0
  [[ $minutes =~ ^[1-9][0-9]{0,3}$ && $# -le 1 ]] || fail "soak does not know '$*'" "./runyard soak [MINUTES], of 1 to 9999"
  need_root soak "$@"
  use_soak_stack
  take_lock
  CLEANUP=soak_cleanup
  install_packages run build test
  build dev
  printf 'Stack for the soak in %s\n' "$VAR"
  start_stack
  run_logged "$LOG/images.log" "read the log; ./runyard build-images cpp tries again" build_images_now python cpp
  first_run
  wait_for 60 soak_languages_ready || fail "the worker has not both languages" "read its log in $LOG"
  printf '\n== soak of %d minutes\n' "$minutes"
  run_in_background env RUNYARD_TEST_STACK="$VAR" NO_PROXY='*' no_proxy='*' "$BUILD/tests/runyard-soak" "$PORT" "$minutes"
  wait_running || code=$?
  exit "$code"
}

# Built as for the tests, with its own state and port, so that nobody else's load is measured.
use_soak_stack() {
  use_var "${RUNYARD_SOAK_VAR:-$VAR/soak}"
  use_ports "${RUNYARD_SOAK_PORT:-18081}"
  LISTEN=127.0.0.1
  PRESET=dev
  unset RUNYARD_DB RUNYARD_SLOTS RUNYARD_SANDBOX RUNYARD_SPEC_FILE RUNYARD_WEBHOOKS RUNYARD_WEBHOOK_CA_FILE
  RUNYARD_WEBHOOK_ALLOW=127.0.0.80
  RUNYARD_AUTH=open
}

soak_languages_ready() {
  [[ $(psql_to "$(database_of runyard_app)" -X -A -t -q -c \
    "SELECT count(*) FROM workers WHERE images @> '{python,cpp}'") != 0 ]]
}

soak_cleanup() { # exit code so far
  local code=$1
  trap - ERR
  set +e
  trap '' INT TERM
  printf '\n== cleaning up\n'
  stop_stack
  exit "$code"
}
