# shellcheck shell=bash
# Sourced by the tests of ./runyard: its parts, and a way to check. Each test ends with `finish`.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL=C.UTF-8
WORK=$(mktemp -d)
# The services' users must get in, as into a checkout.
chmod 755 "$WORK"
unset RUNYARD_DB RUNYARD_BIN RUNYARD_PORT RUNYARD_LISTEN
export RUNYARD_VAR=$WORK/var
FAILED_CHECKS=0

for part in common settings packages users build docker images supervisor psql postgres stack nginx tests; do
  # shellcheck source=/dev/null
  source "$ROOT/setup/$part.sh"
done
trap - ERR

check() { # sentence, command...
  local sentence=$1
  shift
  if "$@" >"$WORK/output" 2>&1; then
    printf 'ok      %s\n' "$sentence"
  else
    printf 'FAILED  %s: %s\n' "$sentence" "$*"
    sed 's/^/        /' "$WORK/output"
    FAILED_CHECKS=$((FAILED_CHECKS + 1))
  fi
}

same() { [[ $1 == "$2" ]] || { printf 'got:    %s\nwanted: %s\n' "$1" "$2"; return 1; }; }

fails() { ! "$@"; }

finish() {
  rm -rf "$WORK"
  ((FAILED_CHECKS == 0)) || exit 1
}
