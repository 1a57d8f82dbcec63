# shellcheck shell=sh
# Sourced by the service scripts, with the file of generated settings as $1.

# Ends what an earlier start of this service left behind: when runsv or a parent was killed, the children
# live on and would hold the socket or the port. Everything that stands in this service's folder is meant,
# except this very process and its runsv.
end_leftovers() {
  # shellcheck disable=SC2044
  for pid in $(find /proc/[0-9]* -maxdepth 1 -name cwd -lname "$PWD" -printf '%h\n' 2>/dev/null); do
    pid=${pid#/proc/}
    [ "$pid" != "$$" ] && [ "$pid" != "$PPID" ] || continue
    # The subshells of this script, and what hangs on a terminal, stay.
    stat=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) || continue
    # shellcheck disable=SC2086
    set -- $stat
    [ "${2:-0}" != "$$" ] && [ "${5:-0}" = 0 ] || continue
    kill -TERM "$pid" 2>/dev/null || true
    echo "ended process $pid, left behind by an earlier start"
  done
}

as_user() { # user, further groups, command...
  user=$1
  groups=$2
  shift 2
  if [ -n "$groups" ]; then
    exec setpriv --reuid "$user" --regid "$GROUP" --groups "$groups" --inh-caps=-all -- "$@"
  fi
  exec setpriv --reuid "$user" --regid "$GROUP" --clear-groups --inh-caps=-all -- "$@"
}
