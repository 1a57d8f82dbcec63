#!/usr/bin/env bash
# ./runyard doctor: checks whether this machine can run strangers' programs safely and well. Changes nothing.
# One line a check: ok, warn (works, but know this) or FAIL; the fix stands below it. Exit code 1 on a FAIL.
set -uo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL=C.UTF-8
source "$ROOT/setup/doctor_engine.sh"
FAILS=0
WARNS=0

ok() { printf '  ok    %-12s %s\n' "$1" "$2"; }
warn() { # subject, finding, fix
  printf '  warn  %-12s %s\n        %-12s -> %s\n' "$1" "$2" "" "$3"
  WARNS=$((WARNS + 1))
}
bad() {
  printf '  FAIL  %-12s %s\n        %-12s -> %s\n' "$1" "$2" "" "$3"
  FAILS=$((FAILS + 1))
}
fail() { bad settings "$1" "${2:-}"; }
# Its mistakes are findings too.
source "$ROOT/setup/settings.sh"
# shellcheck source=setup/psql.sh
source "$ROOT/setup/psql.sh"

check_system() {
  local name
  name=$(. /etc/os-release && printf '%s' "${PRETTY_NAME:-unknown}")
  if command -v apt-get >/dev/null; then
    ok system "$name"
  else
    bad system "$name has no apt-get" "use Debian 12, Debian 13 or Ubuntu 24.04"
  fi
  if [[ $(id -u) == 0 ]]; then ok rights root; else warn rights "not root: some checks see less" "sudo $ROOT/runyard doctor"; fi
}

# Kernel bugs that a program in a container could use, among them Dirty Pipe (5.16.11), CVE-2022-0185
# (5.16.2), CVE-2024-1086 (6.7.3): stable series carry the fixes, so only old bases are told apart.
check_kernel() {
  local release base
  release=$(uname -r)
  base=$(printf '%s\n' "$release" | grep -oE '^[0-9]+\.[0-9]+')
  if [[ $(printf '%s\n5.10\n' "$base" | sort -V | head -n 1) != 5.10 ]]; then
    bad kernel "$release is older than 5.10" "install a kernel that still gets fixes: apt-get install linux-image-amd64, and reboot"
  else
    ok kernel "$release (keep it updated: a hole in the kernel is a hole in every sandbox)"
  fi
}

check_memory() {
  local total available
  total=$(awk '/^MemTotal/ {print int($2 / 1024)}' /proc/meminfo)
  available=$(awk '/^MemAvailable/ {print int($2 / 1024)}' /proc/meminfo)
  if ((available < 700)); then
    bad memory "$available MiB of $total MiB are available" "a slot with its sandbox needs 128 MiB and more: free memory, or set slots in $ETC/worker.local.conf"
  elif ((available < 1500)); then
    warn memory "$available MiB of $total MiB are available" "compilers and the JVM take 512 MiB each: expect MEMORY_LIMIT or swap"
  else
    ok memory "$available MiB of $total MiB are available"
  fi
}

check_disk() { # subject, folder
  local folder=$2 free inodes
  until [[ -d $folder ]]; do folder=$(dirname "$folder"); done
  free=$(df -Pm "$folder" | awk 'NR == 2 {print $4}')
  inodes=$(df -Pi "$folder" | awk 'NR == 2 {print ($2 == 0) ? 999999 : $4}')
  if ((free < 2000 || inodes < 20000)); then
    bad "$1" "$free MB and $inodes inodes are free in $folder" "free some space: docker image prune, docker builder prune"
  elif ((free < 12000)); then
    warn "$1" "$free MB are free in $folder" "all language images take about 8 GB"
  else
    ok "$1" "$free MB are free in $folder"
  fi
}

# A pattern that begins with | starts a program of the host as root for each crash, with the crashed
# program's bytes; a core limit of 0 does not stop it, the sandbox's limit of 1 does.
check_core_pattern() {
  local pattern
  pattern=$(</proc/sys/kernel/core_pattern)
  if [[ $pattern == '|'* ]]; then
    warn core_pattern "crashes are piped to ${pattern%% *}" "sandboxes set a core limit of 1, which the kernel heeds; if nobody reads the dumps: sysctl kernel.core_pattern=core"
  else
    ok core_pattern "crashes start no program ($pattern)"
  fi
}

check_swap() {
  local swap
  swap=$(awk '/^SwapTotal/ {print int($2 / 1024)}' /proc/meminfo)
  if ((swap == 0)); then
    ok swap "none"
  elif [[ -e /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes || -e /sys/fs/cgroup/cgroup.controllers ]]; then
    ok swap "$swap MiB, and it is accounted for"
  else
    bad swap "$swap MiB, and the kernel does not account for it: a program exceeds its memory limit by swapping" \
      "boot with swapaccount=1, or: swapoff -a"
  fi
}

# Sandboxes get no user namespaces (the seccomp profile refuses them); for other users of the host they are
# the door of most kernel exploits.
check_user_namespaces() {
  local most
  most=$(cat /proc/sys/user/max_user_namespaces 2>/dev/null || echo 0)
  if [[ ! -e /proc/self/ns/user ]]; then
    ok userns "the kernel has none"
  else
    ok userns "present (at most $most); sandboxes may not make any"
  fi
}

check_port() {
  local port
  for port in $PORT $MORE_PORTS; do check_one_port "$port"; done
}
check_one_port() { # port
  local port=$1 holders pid
  holders=$(ss -H -ltnp "sport = :$port" 2>/dev/null)
  pid=$(cat "$SERVICES/nginx/supervise/pid" 2>/dev/null)
  if [[ -z $holders ]]; then
    ok port "$port is free"
  elif [[ -n $pid && $holders == *"pid=$pid,"* ]]; then
    ok port "$port is held by our Nginx"
  else
    bad port "$port is held by $(grep -oE '"[^"]+",pid=[0-9]+' <<<"$holders" | head -n 1)" "stop it, or: RUNYARD_PORT=$((port + 1)) ./runyard up"
  fi
}

# In someone's own database nobody took away what PostgreSQL gives to everybody who may connect.
check_open_rights() {
  local open
  open=$(PGCONNECT_TIMEOUT=5 psql_to "$RUNYARD_DB" -X -q -A -t -c \
    "SELECT has_database_privilege('public', current_database(), 'TEMPORARY') OR has_function_privilege('public', 'lo_create(oid)', 'EXECUTE')" 2>/dev/null)
  [[ $open == t ]] || return 0
  warn rights "in the database of RUNYARD_DB whoever may connect can make temporary tables and large objects" \
    "where analysts have a role of their own: as a superuser psql -f $ROOT/sql/roles.sql (docs/security.md, Notifications and database roles)"
}

check_postgres() {
  local state=
  if [[ -n ${RUNYARD_DB:-} ]]; then
    if PGCONNECT_TIMEOUT=5 psql_to "$RUNYARD_DB" -X -q -c 'SELECT 1' >/dev/null 2>&1; then
      ok postgres "RUNYARD_DB answers"
      check_open_rights
    else
      bad postgres "RUNYARD_DB does not answer" "try: psql \"\$RUNYARD_DB\""
    fi
    return
  fi
  if ! ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; then
    warn postgres "not installed" "./runyard up installs it"
  elif [[ ! -e $SERVICES/postgres/run ]]; then
    ok postgres "installed, not started"
  elif state=$(PGCONNECT_TIMEOUT=5 psql -X -q -A -t -h "$PG_SOCKET" -U postgres -d runyard -c \
    "SELECT coalesce(extract(epoch FROM max(clock_timestamp() - xact_start))::int, 0) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'runyard'" 2>&1); then
    if ((state > 60)); then
      warn postgres "the oldest transaction is open for $state s: the queue cannot be cleaned behind it" "find it: ./runyard psql -c 'SELECT pid, query FROM pg_stat_activity ORDER BY xact_start'"
    else
      ok postgres "answers; the oldest transaction is $state s old"
    fi
  else
    bad postgres "does not answer: $(head -n 1 <<<"$state")" "./runyard up; ./runyard logs postgres"
  fi
}

check_tools() {
  if command -v ccache >/dev/null; then
    ok ccache "$(ccache --version | head -n 1)"
  else
    warn ccache "missing: every build compiles everything" "./runyard up installs it"
  fi
  local closed
  closed=$(closed_parent "$ROOT")
  if [[ -n $closed && $VAR == "$ROOT"/* ]]; then
    bad folder "the services' users cannot enter $closed" "unset RUNYARD_VAR, or chmod o+x $closed"
  else
    ok folder "state in $VAR"
  fi
}

# What lets pages of other sites in, by the files that the services read.
check_pages() {
  local name value found=
  for name in older_cors allowed_origins hosts; do
    value=$(sed -n "s/^$name *= *//p" "$ETC/api.conf" 2>/dev/null | tail -n 1)
    case $name=$value in
      older_cors=true) warn pages "older_cors = true: pages of every site may run programs below /v1/ from a visitor's browser" "unset RUNYARD_OLDER_CORS; name the pages in RUNYARD_ALLOWED_ORIGINS" ;;
      allowed_origins=*'*'*) [[ ", $value," == *[,\ ]'*'[,\ ]* ]] || continue
        warn pages "allowed_origins = *: pages of every site may call from a visitor's browser" "name the pages in RUNYARD_ALLOWED_ORIGINS" ;;
      hosts=*'*'*) warn pages "hosts = *: a page whose name is made to lead here may call (DNS rebinding)" "name the hosts in RUNYARD_HOSTS" ;;
      *) continue ;;
    esac
    found=1
  done
  [[ -n $found ]] || ok pages "pages of other sites may not call, but those that are named"
}

printf 'Checking %s\n' "$(hostname)"
check_system
check_kernel
check_memory
check_disk disk "$VAR"
check_swap
check_core_pattern
check_user_namespaces
check_engine
check_port
check_postgres
check_tools
check_pages
printf '%d failed, %d warnings\n' "$FAILS" "$WARNS"
((FAILS == 0))
