# shellcheck shell=bash
# Progress lines, failures that say what to do, and small helpers.

fail() { # what happened; what to do
  printf '\nrunyard: %s\n' "$1" >&2
  [[ -z ${2:-} ]] || printf 'What to do: %s\n' "$2" >&2
  exit 1
}

# Whatever nobody foresaw still says where it happened.
on_error() {
  local code=$? line=$1 command=$2
  ((BASH_SUBSHELL == 0)) || exit "$code"
  printf '\nrunyard: unexpected failure (exit code %s) at %s line %s: %s\n' "$code" "${BASH_SOURCE[1]:-}" "$line" "$command" >&2
  exit "$code"
}
trap 'on_error $LINENO "$BASH_COMMAND"' ERR

# However this ends, no command of run_in_background goes on without it.
RUNNING=
CLEANUP=
on_exit() {
  local code=$?
  [[ -z $RUNNING ]] || kill -TERM -- "-$RUNNING" 2>/dev/null || true
  [[ -z $CLEANUP ]] || "$CLEANUP" "$code"
}
trap on_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Starts a command in a process group of its own, so that all of it can be ended; its pid is RUNNING.
run_in_background() {
  set -m
  "$@" </dev/null &
  RUNNING=$!
  set +m
}
# Waits for it and returns its exit code.
wait_running() {
  local code=0
  wait "$RUNNING" || code=$?
  RUNNING=
  return "$code"
}

now_ms() { printf '%s\n' $((${EPOCHREALTIME/./} / 1000)); }

# What came from logs, with everything that a terminal would obey as "?": texts of clients and programs are in them.
for_terminal() {
  if [[ -t 1 ]]; then
    LC_ALL=C sed -u -e 's/[\x00-\x08\x0b-\x1f\x7f]/?/g' -e 's/\xc2[\x80-\x9f]/?/g' \
      -e 's/\xe2\x80[\xa8-\xae]/?/g' -e 's/\xe2\x81[\xa6-\xaf]/?/g'
  else
    cat
  fi
}

seconds_since() {
  local ms=$(($(now_ms) - $1))
  printf '%d.%d s\n' $((ms / 1000)) $((ms % 1000 / 100))
}

step() { # name: begins a step
  STEP=$1
  STEP_STARTED=$(now_ms)
}

step_done() { # what came of it
  printf '  %-10s %-58s %8s\n' "$STEP" "$1" "$(seconds_since "$STEP_STARTED")"
}

note() { printf '  %-10s %s\n' "" "$*"; }

# Runs a long command with its output in a log file and shows that it is alive: the last line each second
# on a terminal, each 20 s elsewhere. On failure prints the end of the log and what to do.
run_logged() { # log file; what to do when it fails; command...
  local log=$1 advice=$2 code=0 next interval=20
  shift 2
  mkdir -p "$(dirname "$log")"
  [[ -t 1 ]] && interval=1
  run_in_background "$@" >"$log" 2>&1
  next=$((SECONDS + interval))
  while kill -0 "$RUNNING" 2>/dev/null; do
    sleep 0.05
    ((SECONDS >= next)) || continue
    next=$((SECONDS + interval))
    show_progress "$log"
  done
  wait_running || code=$?
  [[ ! -t 1 ]] || printf '\r\033[K'
  if ((code != 0)); then
    printf '\nThe last lines of %s:\n' "$log" >&2
    tail -n 25 "$log" | sed 's/^/  | /' >&2
    fail "$STEP failed (exit code $code): $*" "$advice"
  fi
}

show_progress() { # log file
  local last
  last=$(tail -c 300 "$1" | tr '\r' '\n' | grep -v '^[[:space:]]*$' | tail -n 1 | tr -cd '[:print:]' | cut -c1-70 || true)
  if [[ -t 1 ]]; then
    printf '\r\033[K  %-10s %s  %s' "$STEP" "$(seconds_since "$STEP_STARTED")" "$last"
  else
    printf '  %-10s ... %s  %s\n' "$STEP" "$(seconds_since "$STEP_STARTED")" "$last"
  fi
}

need_root() {
  [[ $(id -u) == 0 ]] && return
  fail "'$1' needs root: it installs packages, makes system users and starts the services" \
    "sudo $ROOT/runyard $*"
}

# One `up`, `down` or `test` of a state folder at a time. The descriptor is closed for what is started.
take_lock() {
  mkdir -p "$VAR"
  exec {LOCK}>"$VAR/.lock"
  flock -n "$LOCK" || fail "another ./runyard works on $VAR right now" "wait until it is done, then try again"
}
drop_lock() { exec {LOCK}>&-; }

# A process's command line, nothing when it is gone.
command_line() { # pid
  { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null || true
}

# One hash over names and contents of all files below the given paths. What npm fetched follows from the lock files.
content_hash() {
  { find "$@" -name node_modules -prune -o -type f -print0 2>/dev/null || true; } | LC_ALL=C sort -z | xargs -0r sha256sum | sha256sum | cut -d' ' -f1
}

stamped() { [[ -f $STAMP/$1 && $(<"$STAMP/$1") == "$2" ]]; } # name, value: is it as it was?
set_stamp() {
  mkdir -p "$STAMP"
  printf '%s\n' "$2" >"$STAMP/$1"
}

# Waits until a command succeeds, up to so many seconds.
wait_for() { # seconds, command...
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    # One last look: the machine may have stood still since the one before.
    ((SECONDS < deadline)) || { "$@" >/dev/null 2>&1; return; }
    sleep 0.1
  done
}
