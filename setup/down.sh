# shellcheck shell=bash
# ./runyard down: stops everything in the order in which nothing is lost; the data stays.

command_down() {
  (($# == 0)) || fail "down takes no arguments" "./runyard down"
  need_root down
  take_lock
  # Ports and database of an `up` that got them by environment.
  [[ ! -r $ETC/stack.env ]] || read_running_settings
  stop_stack
  printf 'Everything is stopped; the data stays in %s\n' "$VAR"
}

stop_stack() {
  OWN_ENGINE=
  if service_wanted docker; then OWN_ENGINE=1; fi
  step images
  stop_background_images
  # The worker first: it finishes what it runs while the API still answers those who wait.
  step worker
  WORKER_IDS=
  if service_wanted postgres || [[ -n ${RUNYARD_DB:-} ]]; then WORKER_IDS=$(worker_ids runyard_worker); fi
  if [[ -n $(service_pid worker) ]]; then
    stop_service worker 20
    step_done "drained and stopped"
  fi
  remove_containers
  local name
  for name in nginx api postgres docker; do
    service_wanted "$name" || continue
    step "$name"
    stop_service "$name" 20
    step_done stopped
  done
  step supervisor
  stop_supervisor
  unmount_leftovers
  step_done stopped
}

# What the engine of our own leaves: handles of its network namespaces.
unmount_leftovers() {
  if [[ -n $OWN_ENGINE ]] && ! engine_answers; then
    local mount
    while read -r _ mount _; do
      [[ $mount == /run/docker/netns/* ]] && { umount "$mount" 2>/dev/null || true; }
    done </proc/self/mounts
  fi
  if [[ -e $STAMP/mounted-cgroups ]]; then
    umount /sys/fs/cgroup 2>/dev/null || true
    rm -f "$STAMP/mounted-cgroups"
  fi
}

stop_background_images() {
  local pid
  pid=$(background_images_pid)
  [[ -n $pid ]] || return 0
  # setsid made it the leader of a process group of its own.
  kill -TERM -- "-$pid" 2>/dev/null || true
  rm -f "$RUN/images.pid"
  step_done "the build in the background is stopped"
}

# The workers of this state folder, by the ids that label their containers.
worker_ids() {
  timeout 10 psql -X -q -A -t -d "$(database_of "$1")" -c 'SELECT id FROM workers' 2>/dev/null || true
}

# Sandboxes end with their worker. What is left after a hard kill is taken away by the workers' labels; by
# the bare label when no other stack of this machine may own it.
remove_containers() {
  engine_answers || return 0
  local filters=() id containers
  for id in $WORKER_IDS; do filters+=("label=runyard=$id"); done
  other_stack || filters=("label=runyard")
  for id in "${filters[@]}"; do
    mapfile -t containers < <(docker ps -aq --no-trunc --filter "$id")
    ((${#containers[@]} == 0)) || docker rm -f "${containers[@]}" >/dev/null 2>&1 || true
  done
}

other_stack() {
  local folder line
  for folder in /proc/[0-9]*; do
    line=$(command_line "${folder#/proc/}")
    [[ $line == 'runsvdir -P '*/service* && $line != *" $SERVICES "* ]] && return 0
  done
  return 1
}
