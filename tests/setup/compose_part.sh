# shellcheck shell=bash disable=SC2154
# Sourced by compose_test.sh: one stack of containers, from the first start to the last trace of it.

"${COMPOSE[@]}" up -d --no-build >"$WORK/up.log" 2>&1 || { cat "$WORK/up.log"; exit 1; }
check "all services come up, the migration ends" wait_for 180 all_healthy
check "without any image of a language it is not ready" same "$(ask -o /dev/null -w '%{http_code}' "$(site)/ready")" 503
say "a language's image, by the worker's container"
check "the worker's container builds images" "${COMPOSE[@]}" run --rm -e RUNYARD_BUILD_NETWORK=default worker runyard-build-images python
check "and the worker finds them by itself" wait_for 120 ready_with 1

say "programs"
check "who does not say who he is runs nothing" same \
  "$(ask -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' -d '{"language":"python","code":"print(1)"}' "$(site)/api/v1/executions")" 401
check "nor does a header make him somebody" same \
  "$(ask -o /dev/null -w '%{http_code}' -H 'X-Runyard-User: ada' -H 'RUNYARD_USER: ada' -H 'Content-Type: application/json' -d '{"language":"python","code":"print(1)"}' "$(site)/api/v1/executions")" 401
sign_up
check "a program runs" runs_hello
FIRST=$(jq -r .execution_id "$WORK/answer")
check "its events come" says 42 api "$(site)/api/v1/executions/$FIRST/events"
check "a live run answers what is typed" engine_net node "$ROOT/tests/setup/live_hello.mjs" "ws://127.0.0.1:$PORT/api/v1/live" "{\"Authorization\":\"Bearer $TOKEN\"}"
check "the page is served" says '<!doctype html>' ask -H 'Accept: text/html' "$(site)/"

say "what the containers may"
inspect() { containers "$ID" | DOCKER_HOST=unix://$ENGINE/docker.sock xargs docker inspect --format "$1" | sort; }
service='{{index .Config.Labels "com.docker.compose.service"}}'
check "the engine's socket is the worker's alone" same \
  "$(inspect "$service{{range .Mounts}} {{.Source}}{{end}}" | grep docker.sock | cut -d' ' -f1)" worker
check "all have limits of memory and processors" same "$(inspect "$service {{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}" | awk '!($2 > 0 && $3 > 0)')" ''
check "none can change its own files" same "$(inspect "$service {{.HostConfig.ReadonlyRootfs}}" | grep -v 'true$')" ''
check "none has a capability, or can get one" same "$(inspect "$service {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.HostConfig.CapAdd}} {{.HostConfig.Privileged}}" |
  grep -v ' \[ALL\] \[no-new-privileges:true\] \[\] false$')" ''
processes() { # "uid command" of each
  local container
  for container in $(on_engine docker ps -q --filter "label=com.docker.compose.project=$ID"); do
    on_engine docker top "$container" -eo pid,uid,comm | awk 'NR > 1 {print $2, $3}'
  done
}
processes >"$WORK/processes"
check "there are processes of all programs" same "$(grep -cE ' (nginx|runyard-api|runyard-gateway|runyard-worker|postgres)$' "$WORK/processes" | awk '{print ($1 > 8)}')" 1
check "none of them is root's" fails grep '^0 ' "$WORK/processes"
check "only Nginx can be reached from outside" same "$(inspect "$service {{range \$port, \$at := .HostConfig.PortBindings}}{{\$port}}{{end}}" | grep tcp)" 'nginx 8080/tcp'
check "no secret stands in a container's settings" fails grep -F -f <(cat docker/services/secrets/* | fold -w 64) <(inspect '{{json .}}')
check "Nginx sees the API" "${COMPOSE[@]}" exec -T nginx getent hosts api
check "but not the database" fails "${COMPOSE[@]}" exec -T nginx getent hosts postgres

say "faults"
main_process() { on_engine docker inspect --format '{{.State.Pid}}' "$(on_engine docker ps -q --filter "label=com.docker.compose.project=$ID" --filter "label=com.docker.compose.service=$1")"; }
BEFORE=$(main_process api)
kill -9 "$BEFORE"
# Until the engine has noticed, all is as healthy as before.
another_api() {
  local now
  now=$(main_process api)
  [[ -n $now && $now != 0 && $now != "$BEFORE" ]] && all_healthy
}
check "a killed API is started anew, as another one" wait_for 90 another_api
check "and programs run" wait_for 30 runs_hello
"${COMPOSE[@]}" restart -t 20 postgres >"$WORK/restart.log" 2>&1
check "the database restarts" wait_for 120 all_healthy
check "programs run again" wait_for 120 runs_hello
check "what there was is still there" same "$(api "$(site)/api/v1/executions/$FIRST" | jq -r .stdout)" 42

say "two workers"
"${COMPOSE[@]}" up -d --no-build --no-recreate --scale worker=2 >"$WORK/scale.log" 2>&1
check "two workers work beside each other" wait_for 120 ready_with 2
labels() { on_engine docker ps --format '{{.Label "runyard"}}' | grep . | sort -u; }
two_labels() { [[ $(labels | wc -l) == 2 ]]; }
check "with containers of different numbers" wait_for 30 two_labels
check "and are all healthy" wait_for 120 all_healthy

say "down"
"${COMPOSE[@]}" down -v -t 30 >"$WORK/down.log" 2>&1
wait_for 60 nothing_left "$ID"
check "down leaves no container, no volume, no network" same "$(left_over "$ID")" ''
