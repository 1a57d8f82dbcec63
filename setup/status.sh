# shellcheck shell=bash
# ./runyard status, logs and psql.

# The settings of the running stack, which may have been given to `up` by environment only.
read_running_settings() {
  [[ -r $ETC/stack.env ]] || fail "nothing was set up in $VAR yet" "sudo ./runyard up"
  # shellcheck source=/dev/null
  source "$ETC/stack.env"
  if [[ -n $RUNYARD_DB_SET && -z ${RUNYARD_DB:-} ]]; then RUNYARD_DB=$(sed -n 's/^db = //p' "$ETC/api.conf" | head -n 1); fi
}

command_status() {
  need_root status
  read_running_settings
  local name pid age down=0
  for name in "${ALL_SERVICES[@]}"; do
    service_wanted "$name" || continue
    pid=$(service_pid "$name")
    if [[ -n $pid ]]; then
      # sv's own figure does not begin anew when a killed program is restarted.
      age=$(ps -o etimes= -p "$pid" || true)
      printf '%-10s up    pid %-8s for %s\n' "$name" "$pid" "$(duration "$((${age:-0}))")"
    else
      printf '%-10s DOWN\n' "$name"
      down=1
    fi
  done
  if [[ -z $(supervisor_pid) ]]; then
    printf '%-10s DOWN  (./runyard up starts everything)\n' supervisor
    exit 3
  fi
  [[ -z $(background_images_pid) ]] || printf '%-10s being built in the background (./runyard logs images)\n' images
  status_of_queue
  printf '%-10s %s/api/v1\n' site "$(site_url)"
  exit $((down ? 3 : 0))
}

status_of_queue() {
  local waiting running workers warm
  if ! IFS='|' read -r waiting running workers warm < <(PGCONNECT_TIMEOUT=5 psql_to "$(database_of runyard_owner)" -X -q -A -t -c "
      SELECT (SELECT count(*) FROM queue WHERE worker IS NULL),
             (SELECT count(*) FROM queue WHERE worker IS NOT NULL),
             count(*), coalesce(sum(warm), 0)
      FROM workers WHERE seen_at > clock_timestamp() - interval '20 s'" 2>"$LOG/psql.log"); then
    printf '%-10s unknown: %s\n' queue "$(head -n 1 "$LOG/psql.log")"
    return
  fi
  printf '%-10s %s waiting, %s running\n' queue "$waiting" "$running"
  printf '%-10s %s warm, by %s worker(s)\n' sandboxes "$warm" "$workers"
}

duration() { # seconds
  if (($1 < 120)); then
    printf '%d s\n' "$1"
  elif (($1 < 7200)); then
    printf '%d min\n' $(($1 / 60))
  else
    printf '%d h %d min\n' $(($1 / 3600)) $(($1 % 3600 / 60))
  fi
}

command_logs() { # service
  need_root logs "$@"
  local files=() name
  if (($# == 0)); then
    for name in "${ALL_SERVICES[@]}"; do
      if [[ -f $LOG/$name/current ]]; then files+=("$LOG/$name/current"); fi
    done
  elif [[ $1 == images ]]; then
    files=("$LOG/images.log")
  elif [[ " ${ALL_SERVICES[*]} " == *" $1 "* ]]; then
    files=("$LOG/$1/current")
  else
    fail "there is no service '$1'" "choose one of: ${ALL_SERVICES[*]} images"
  fi
  if ((${#files[@]} == 0)) || [[ ! -f ${files[0]} ]]; then
    fail "there is no log yet in $LOG" "sudo ./runyard up"
  fi
  # By name: svlogd renames the file when it is full.
  [[ -t 1 ]] || exec tail -n 40 -F "${files[@]}"
  tail -n 40 -F "${files[@]}" | for_terminal
}

command_psql() {
  need_root psql "$@"
  read_running_settings
  psql_to "$(database_of runyard_owner)" "$@"
}
