# shellcheck shell=bash disable=SC2154
# Sourced by compose_test.sh: the same file as a stack in a swarm of one node.

say "a swarm"
on_engine docker swarm init --advertise-addr 127.0.0.1 >"$WORK/swarm.log" 2>&1 || { cat "$WORK/swarm.log"; exit 1; }
STACK=stack$$
# A stack does not read .env.
set -a
# shellcheck source=/dev/null
source "$COPY/.env"
set +a
on_engine docker node update --label-add runyard.database=true "$(on_engine docker node ls -q)" >>"$WORK/swarm.log" || exit 1
on_engine docker stack deploy -c compose.yaml "$STACK" >"$WORK/stack.log" 2>&1
check "a stack takes the same file" same "$(on_engine docker service ls -q | wc -l)" 6
replicas() { # name, wanted
  [[ $(on_engine docker service ls --filter "name=${STACK}_$1" --format '{{.Replicas}}') == "$2"* ]]
}
stack_up() { replicas nginx 1/1 && replicas api 1/1 && replicas gateway 1/1 && replicas worker 1/1 && replicas postgres 1/1; }
check "its services come up" wait_for 240 stack_up
sign_up
check "a program runs there" wait_for 120 runs_hello
check "its port is the node's own, so that clients are seen with their addresses" says '"PublishMode":"host"' on_engine docker service inspect "${STACK}_nginx" --format '{{json .Endpoint.Ports}}'
check "a live run answers what is typed" wait_for 30 engine_net node "$ROOT/tests/setup/live_hello.mjs" "ws://127.0.0.1:$PORT/api/v1/live" "{\"Authorization\":\"Bearer $TOKEN\"}"
on_engine docker service scale --detach "${STACK}_worker=3" >"$WORK/scale.log" 2>&1
check "three workers share the work" wait_for 180 ready_with 3
task() { on_engine docker ps -q --filter "label=com.docker.swarm.service.name=${STACK}_$1"; }
BEFORE=$(task nginx)
on_engine docker kill "$BEFORE" >/dev/null
healed() { [[ -n $(task nginx) && $(task nginx) != "$BEFORE" ]] && runs_hello; }
check "a killed container is replaced" wait_for 120 healed
check "the engine's socket is the worker's alone" same \
  "$(on_engine docker service ls -q | DOCKER_HOST=unix://$ENGINE/docker.sock xargs docker service inspect --format '{{.Spec.Name}} {{json .Spec.TaskTemplate.ContainerSpec.Mounts}}' | grep docker.sock | cut -d' ' -f1)" "${STACK}_worker"
on_engine docker stack rm "$STACK" >"$WORK/remove.log" 2>&1
gone() { [[ -z $(on_engine docker ps -aq) && -z $(on_engine docker service ls -q) && -z $(on_engine docker secret ls -q) ]]; }
check "removed, it leaves no container, service or secret" wait_for 180 gone
on_engine docker swarm leave --force >>"$WORK/swarm.log" 2>&1
