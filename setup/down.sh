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
  # Live runs end with their clients' connections; nobody need wait for what people would still type.
  step gateway
  if [[ -n $(service_pid gateway) ]]; then
    stop_service gateway 20
    step_done stopped
  fi
  # Then the worker: it finishes what it runs while the API still answers those who wait.
  step worker
  if [[ -n $(service_pid worker) ]]; then
    # A little above its own limit for draining, drain_s.
    stop_service worker 35
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

# Sandboxes end with their worker. What is left after a hard kill is taken away by its label, which is the
# number that a worker holds by a lock: one that can be locked here has no worker (worker/container_scope.hpp).
remove_containers() {
  engine_answers || return 0
  local lock containers descriptor
  for lock in "$WORKERS"/worker-*.lock; do
    [[ -e $lock ]] || continue
    exec {descriptor}<"$lock"
    if flock -n "$descriptor"; then
      mapfile -t containers < <(docker ps -aq --no-trunc --filter "label=runyard=$(basename "$lock" .lock)")
      ((${#containers[@]} == 0)) || docker rm -f "${containers[@]}" >/dev/null 2>&1 || true
    fi
    exec {descriptor}<&-
  done
}
