#!/usr/bin/env bash
# What belongs to runyard-cli besides the program: its manual, its completion, what it needs.
source "$(dirname "$0")/support.sh"
CLI=${RUNYARD_TEST_BIN:-$ROOT/build/dev}/cli/runyard-cli
MANUAL=$ROOT/cli/runyard-cli.1

# What it points at need not be installed where it is checked.
lint() { ! mandoc -T lint "$MANUAL" 2>/dev/null | grep .; }
check "the manual page has no mistake" lint
manual_names() { mandoc -T utf8 "$MANUAL" 2>/dev/null | col -b | grep -qE -- "(^|[ [,|])$1([] =,|]|\$)"; }
options() { "$CLI" "$@" --help | grep -oE '^ +(-[a-z],)?--[a-z-]+' | grep -oE -- '--[a-z-]+'; }
for command in run history login languages; do
  for option in $(options "$command"); do
    [[ $option == --help ]] || check "the manual knows $option of $command" manual_names "$option"
  done
done
check "options are found at all" bash -c "[[ '$(options run)' == *--tests* ]]"
needs() { readelf -d "$CLI" | grep -oE 'NEEDED.*\[[^]]+'; }
check "it needs libcurl" bash -c "grep -q libcurl <<<'$(needs)'"
check "and no library of PostgreSQL" bash -c "! grep -qE 'libpq' <<<'$(needs)'"

# shellcheck source=/dev/null
source "$ROOT/cli/runyard-cli.bash"
completed() { # words; the last one is being typed
  # Read by the completion.
  # shellcheck disable=SC2034
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _runyard_cli
  printf '%s ' "${COMPREPLY[@]}"
}
check "completion offers commands" same "$(completed runyard-cli la)" "languages "
check "and their options" same "$(completed runyard-cli run --det)" "--detach "
check "and their values" same "$(completed runyard-cli history --status COM)" "COMPLETED "
check "and files" same "$(cd "$ROOT" && completed runyard-cli run CMakeL)" "CMakeLists.txt "
check "but nothing of the program's arguments" same "$(completed runyard-cli run a.py -- --)" " "
finish
