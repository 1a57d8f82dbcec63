# shellcheck shell=bash
# Sourced by tests that need a docker engine which nobody else uses: start_engine FOLDER, stop_engine. It has a network of its
# own, so its bridges and rules are not the machine's; `engine_net COMMAND...` runs something in there.

ENGINE_PID=

start_engine() { # folder
  ENGINE=$1
  mkdir -p "$ENGINE"
  setsid unshare --net sh -c 'ip link set lo up && exec "$0" "$@"' dockerd --data-root "$ENGINE/data" --exec-root "$ENGINE/exec" \
    --pidfile "$ENGINE/pid" --host "unix://$ENGINE/docker.sock" --userland-proxy=false --log-level warn >"$ENGINE/log" 2>&1 &
  ENGINE_PID=$!
  if ! wait_for 30 engine docker version; then
    tail -n 20 "$ENGINE/log"
    return 1
  fi
}
engine() { DOCKER_HOST=unix://$ENGINE/docker.sock "$@" >/dev/null 2>&1; }
engine_net() { nsenter --net="/proc/$ENGINE_PID/ns/net" "$@"; }

# It ends its containers and its containerd; what it mounted is let go of.
stop_engine() {
  [[ -n $ENGINE_PID ]] || return 0
  kill "$ENGINE_PID" 2>/dev/null
  wait_for 30 engine_ended || { kill -9 "$ENGINE_PID"; wait "$ENGINE_PID"; }
  local place
  awk -v below="$ENGINE/" 'index($2, below) == 1 {print $2}' /proc/self/mounts | sort -r | while read -r place; do umount -l "$place"; done
  rm -rf "$ENGINE"
  ENGINE_PID=
}
engine_ended() { ! kill -0 "$ENGINE_PID" 2>/dev/null; }
