#!/usr/bin/env bash
# compose.yaml: its images are built as an operator builds them, then run in a docker engine of this test's own, whose network
# nobody else sees: by Debian 12's docker-compose, by `docker compose` 2 (from Debian 13), and by `docker stack deploy`.
source "$(dirname "$0")/support.sh"
source "$ROOT/tests/setup/private_engine.sh"
source "$ROOT/tests/setup/compose_site.sh"
BUILT=${RUNYARD_TEST_BIN:-$ROOT/build/dev}
COPY=$WORK/copy
TAG=test-$$
PORT=$((20000 + RANDOM % 10000))
# What the operator's own machine is told must not decide here.
while read -r name; do unset "$name"; done < <(compgen -e | grep '^RUNYARD_\|^DOCKER_\|^COMPOSE_')
export RUNYARD_TAG=$TAG RUNYARD_PORT=$PORT RUNYARD_WORKERS_VOLUME=$TAG-workers

say() { printf '%4d s  %s\n' "$SECONDS" "$*"; }
leave() {
  trap - EXIT
  stop_engine
  # A step that failed leaves its container.
  docker ps -aq --filter "label=runyard.test=$TAG" | xargs -r docker rm -f >/dev/null 2>&1
  docker image ls --format '{{.Repository}}:{{.Tag}}' | grep ":$TAG\$" | xargs -r docker rmi >/dev/null 2>&1
  # The stage that all of them began with.
  docker image prune --force --filter "label=runyard.test=$TAG" >/dev/null 2>&1
  rm -rf "$WORK"
}
trap leave EXIT
trap 'exit 1' INT TERM

# A fresh checkout, with the packages that this build makes.
mkdir -p "$COPY"
(cd "$ROOT" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$COPY") || exit 1
cd "$COPY" || exit 1

say "without secrets"
if command -v docker-compose >/dev/null && docker-compose version --short | grep -q '^1\.'; then OLD=(docker-compose); else OLD=(docker compose); fi
refused() { "${OLD[@]}" config 2>&1 | tee "$WORK/refused" | grep -q 'docker/services/prepare' && ! "${OLD[@]}" config >/dev/null 2>&1; }
check "without secrets it says what to run" refused

say "packages"
(cd "$BUILT" && cpack --config CPackConfig.cmake -D "CPACK_COMPONENTS_ALL=common;server;worker" -B "$WORK/packages") >"$WORK/pack.log" 2>&1 || { cat "$WORK/pack.log"; exit 1; }
mv "$WORK"/packages/*.deb docker/services/packages/
rm -rf "$WORK/packages"

say "an engine of our own"
"$ROOT/docker/base/make.sh" bookworm
start_engine "$WORK/engine" || exit 1
on_engine() { DOCKER_HOST=unix://$ENGINE/docker.sock "$@"; }
RUNYARD_DOCKER_SOCKET=$ENGINE/docker.sock docker/services/prepare >"$WORK/prepare.log" || exit 1
check "secrets are made once" bash -c "sum() { cat docker/services/secrets/* | sha256sum; }; before=\$(sum); RUNYARD_DOCKER_SOCKET=$ENGINE/docker.sock docker/services/prepare; [[ \$before == \$(sum) ]]"
check "each is another one" same "$(sha256sum docker/services/secrets/* | cut -d' ' -f1 | sort -u | wc -l)" 4
check "in a folder for their owner alone" same "$(stat -c %a docker/services/secrets)" 700

say "images, by ${OLD[*]}"
# Our own label on each step, so that nothing of it stays behind.
sed -i "s/^FROM debian:bookworm-slim AS .*/&\\nLABEL runyard.test=$TAG/" docker/services/Dockerfile
# gateway and migrate have the API's image. A package server that does not answer once is asked again.
build() { "${OLD[@]}" build nginx api worker postgres; }
build >"$WORK/build.log" 2>&1 || build >"$WORK/build.log" 2>&1 || { tail -n 60 "$WORK/build.log"; exit 1; }
IMAGES=()
for name in nginx server worker postgres; do IMAGES+=("runyard-$name:$TAG"); done
say "images to the engine"
docker save "${IMAGES[@]}" debian:trixie-slim runyard-base/python:latest | on_engine docker load >/dev/null || exit 1

export RUNYARD_DOCKER_SOCKET=$ENGINE/docker.sock
say "up, by ${OLD[*]}"
COMPOSE=(on_engine "${OLD[@]}" -p "older$$")
ID=older$$
source "$ROOT/tests/setup/compose_part.sh"

say "a plugin of version 2"
new_compose
COMPOSE=(on_engine docker compose -p "newer$$")
check "version 2 takes the same file" "${COMPOSE[@]}" config -q
"${COMPOSE[@]}" up -d --no-build >"$WORK/up.log" 2>&1
check "and brings all up" wait_for 180 all_healthy
sign_up
check "a program runs there" wait_for 120 runs_hello
"${COMPOSE[@]}" down -v -t 5 >"$WORK/down.log" 2>&1
wait_for 60 nothing_left "newer$$"
check "down leaves nothing" same "$(left_over "newer$$")" ''

source "$ROOT/tests/setup/swarm_part.sh"
say "done"
((FAILED_CHECKS == 0)) || { on_engine docker ps -a | head -n 40; cat "$WORK"/*.log | tail -n 60; exit 1; }
