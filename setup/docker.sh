# shellcheck shell=bash
# A docker engine: the one that answers, else one of our own under the supervisor.

# Prints "ok VERSION", "denied" or "away".
engine_state() {
  local answer
  if answer=$(timeout "$DOCKER_TIMEOUT" docker version --format '{{.Server.Version}}' 2>&1); then
    printf 'ok %s\n' "$answer"
  elif [[ $answer == *"permission denied"* ]]; then
    printf 'denied\n'
  else
    printf 'away\n'
  fi
}

start_engine() {
  step docker
  local state
  state=$(engine_state)
  if [[ $state == ok* ]]; then
    if service_wanted docker; then
      step_done "engine ${state#ok } (started by runyard)"
    else
      step_done "engine ${state#ok } answers"
    fi
    return
  fi
  if [[ $state == denied ]]; then
    fail "no rights to the docker engine ($(docker context show 2>/dev/null || true))" \
      "run this as root (sudo $ROOT/runyard up), or: sudo usermod -aG docker $(id -un), and log in again"
  fi
  if [[ -n ${DOCKER_HOST:-} ]]; then
    fail "the docker engine at DOCKER_HOST=$DOCKER_HOST does not answer" "start it, or unset DOCKER_HOST to have one started here"
  fi
  mount_cgroups
  add_service docker
  if ! wait_for 60 engine_answers; then
    show_log docker
    fail "dockerd was started but does not answer" "./runyard doctor; the whole log: ./runyard logs docker"
  fi
  state=$(engine_state)
  step_done "engine ${state#ok } started"
}

engine_answers() { [[ $(engine_state) == ok* ]]; }

# Machines without systemd may come without control groups; `down` takes away what was mounted here.
mount_cgroups() {
  mountpoint -q /sys/fs/cgroup && return
  mount -t cgroup2 cgroup2 /sys/fs/cgroup || fail "control groups cannot be mounted at /sys/fs/cgroup" \
    "run on a machine or in a container that may mount them"
  : >"$STAMP/mounted-cgroups"
}

# The group that may use the engine's socket; nothing when only root may.
docker_group() {
  local socket=/var/run/docker.sock
  [[ -z ${DOCKER_HOST:-} && -S $socket ]] || return 0
  local mode group
  read -r mode group < <(stat -L -c '%A %g' "$socket")
  if [[ ${mode:4:2} == rw && $group != 0 ]]; then printf '%s\n' "$group"; fi
}
