# shellcheck shell=bash
# runit: one runsvdir for each state folder, a runsv for each service, svlogd for its log. A service is a
# folder $SERVICES/NAME whose `run` calls the script $APP/services/NAME.

supervisor_pid() { # prints the pid of this state folder's runsvdir, nothing when it is not there
  local pid
  pid=$(cat "$RUN/supervisor.pid" 2>/dev/null || true)
  [[ -n $pid && $(command_line "$pid") == *"runsvdir -P $SERVICES "* ]] || return 0
  printf '%s\n' "$pid"
}

start_supervisor() {
  [[ -z $(supervisor_pid) ]] || return 0
  # Without their runsvdir the old runsv keep their services but nobody brings runsv back: start anew.
  stop_orphans
  rotate "$LOG/supervisor.log"
  local name names=(api gateway worker nginx)
  [[ -n ${RUNYARD_DB:-} ]] || names+=(postgres)
  for name in "${names[@]}"; do prepare_service "$name"; done
  # A session of its own: Ctrl-C in the terminal of `up` must not reach the services. An empty environment:
  # what the caller has exported is no setting of a service.
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    setsid bash -c 'cd / && echo $$ >"$1/supervisor.pid" && exec runsvdir -P "$2"' supervisor "$RUN" "$SERVICES" \
    </dev/null >>"$LOG/supervisor.log" 2>&1 {LOCK}>&- &
  disown
  wait_for 30 supervisor_alive || fail "the supervisor runsvdir did not start" "read $LOG/supervisor.log"
}
supervisor_alive() { [[ -n $(supervisor_pid) ]]; }

rotate() { if [[ -f $1 && $(stat -c %s "$1") -gt 1000000 ]]; then mv "$1" "$1.1"; fi; }

service_wanted() { [[ -e $SERVICES/$1/run ]]; }

# Makes a service's folder. `down` in it keeps runsv from starting it before its turn.
prepare_service() { # name
  local name=$1 folder=$SERVICES/$1
  [[ ! -e $folder/run ]] || return 0
  mkdir -p "$folder/log" "$LOG/$name"
  # Ten files of a megabyte at most. PostgreSQL leaves dating its lines to svlogd, the others do it themselves.
  local dated=
  [[ $name != postgres ]] || dated=' -tt'
  printf 's1000000\nn10\n' >"$LOG/$name/config"
  printf '#!/bin/sh\nexec svlogd%s %q\n' "$dated" "$LOG/$name" >"$folder/log/run"
  printf '#!/bin/sh\nexec 2>&1\nexec %q %q\n' "$APP/services/$name" "$ETC/stack.env" >"$folder/.run"
  chmod 755 "$folder/log/run" "$folder/.run"
  # What stops a service that TERM does not stop as wanted (see runsv(8), control/t).
  if [[ -x $APP/services/$name.term ]]; then
    mkdir -p "$folder/control"
    ln -sf "$APP/services/$name.term" "$folder/control/t"
  fi
  : >"$folder/down"
  # The last thing to appear, so that runsv never sees half a service.
  mv "$folder/.run" "$folder/run"
}

# Starts a service, unless it runs.
add_service() { # name
  local folder=$SERVICES/$1
  prepare_service "$1"
  # runsvdir looks for new folders every five seconds.
  wait_for 30 sv status "$folder" || fail "the supervisor does not take up the service $1" "read $LOG/supervisor.log"
  rm -f "$folder/down"
  sv up "$folder" >/dev/null
}

service_pid() { # name: prints the pid, nothing when it is down
  [[ -s $SERVICES/$1/supervise/pid ]] || return 0
  cat "$SERVICES/$1/supervise/pid"
}

restart_service() { sv -w 30 restart "$SERVICES/$1" >/dev/null 2>&1 || sv -w 10 force-restart "$SERVICES/$1" >/dev/null; }

# Stops a service: TERM, then after so many seconds TERM again (which means "now" to our programs), then KILL.
stop_service() { # name, seconds
  local folder=$SERVICES/$1
  [[ -e $folder/run ]] || return 0
  if ! sv -w "$2" down "$folder" >/dev/null 2>&1; then
    sv term "$folder" >/dev/null 2>&1 || true
    sv -w 5 down "$folder" >/dev/null 2>&1 || sv -w 5 force-stop "$folder" >/dev/null 2>&1 || true
  fi
}

stop_supervisor() {
  local pid folder
  pid=$(supervisor_pid)
  # HUP: runsvdir tells each runsv to stop its service and its log, and ends.
  if [[ -n $pid ]]; then kill -HUP "$pid" 2>/dev/null || true; fi
  for folder in "$SERVICES"/*; do
    [[ -e $folder/supervise/ok ]] && { sv exit "$folder" >/dev/null 2>&1 || true; }
  done
  wait_for 10 no_supervision || true
  stop_orphans
  rm -rf "${SERVICES:?}"/* "$RUN/supervisor.pid"
}
no_supervision() { [[ -z $(supervisor_pid) && -z $(processes_of "$SERVICES") ]]; }

# Processes that work inside this folder and hang on no terminal: what runs below runsv, also when runsv
# itself was killed. (A person's shell standing in the folder has a terminal.)
processes_of() { # folder
  local process cwd tty
  while read -r process cwd; do
    [[ $cwd == "$1" || $cwd == "$1"/* ]] || continue
    tty=$(sed 's/.*) //' "$process/stat" 2>/dev/null | cut -d' ' -f5) || continue
    if [[ $tty == 0 && $process != "/proc/$$" ]]; then printf '%s\n' "${process#/proc/}"; fi
  done < <(find /proc/[0-9]* -maxdepth 1 -name cwd -printf '%h %l\n' 2>/dev/null)
}

# Ends every process of a folder: TERM, 5 s, KILL.
end_processes() { # folder
  local pids
  mapfile -t pids < <(processes_of "$1")
  ((${#pids[@]} > 0)) || return 0
  kill -TERM "${pids[@]}" 2>/dev/null || true
  wait_for 5 no_process_of "$1" || true
  mapfile -t pids < <(processes_of "$1")
  ((${#pids[@]} == 0)) || kill -KILL "${pids[@]}" 2>/dev/null || true
}

no_process_of() { [[ -z $(processes_of "$1") ]]; }

stop_orphans() {
  local folder
  for folder in "$SERVICES"/*; do
    [[ -e $folder/supervise/ok ]] && { timeout 2 sv exit "$folder" >/dev/null 2>&1 || true; }
  done
  stop_postgres_orphan
  end_processes "$SERVICES"
}

show_log() { # service: its last lines
  local file=$LOG/$1/current
  [[ -f $file ]] || return 0
  printf '\nThe last lines of %s:\n' "$file" >&2
  tail -n 20 "$file" | sed 's/^/  | /' >&2
}
