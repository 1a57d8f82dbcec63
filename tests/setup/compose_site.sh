# shellcheck shell=bash disable=SC2154
# Sourced by compose_test.sh: asking the site that compose or a stack has brought up.

ask() { engine_net curl -s -m 40 --noproxy '*' "$@"; }
site() { printf 'http://127.0.0.1:%s\n' "$PORT"; }

# An account, whose token is what the rest asks with.
sign_up() {
  wait_for 120 registered || return
  TOKEN=$(ask -H 'Content-Type: application/json' -d '{"username":"ada","password":"correct horse battery"}' "$(site)/api/v1/auth/token" | jq -r .access_token)
}
registered() {
  [[ $(ask -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' \
    -d '{"email":"ada@example.com","username":"ada","password":"correct horse battery"}' "$(site)/api/v1/auth/register") == @(201|409) ]]
}
api() { ask -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' "$@"; }
# Leaves the answer in $WORK/answer.
run_hello() {
  api -o "$WORK/answer" -d '{"language":"python","code":"print(6 * 7)"}' "$(site)/api/v1/executions?wait=30"
}
runs_hello() {
  run_hello && cat "$WORK/answer" && [[ $(jq -r '.stdout' "$WORK/answer") == 42 ]]
}
ready_with() { # workers
  [[ $(ask "$(site)/ready" | jq -r .live_workers) == "$1" ]]
}

containers() { # of a project
  on_engine docker ps -aq --filter "label=com.docker.compose.project=$1"
}
# Everything but the migration, which has ended well.
all_healthy() {
  local project=${COMPOSE[-1]} states
  states=$(containers "$project" | DOCKER_HOST=unix://$ENGINE/docker.sock xargs docker inspect --format '{{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.ExitCode}}{{end}}' | sort -u)
  printf '%s\n' "$states"
  [[ $states == 'api running healthy
gateway running healthy
migrate exited 0
nginx running healthy
postgres running healthy
worker running healthy' ]]
}

says() { # text, command...
  local wanted=$1 text
  shift
  text=$("$@")
  printf '%s\n' "$text" | head -c 2000
  [[ $text == *"$wanted"* ]]
}

# The private engine has no other use for any of these.
left_over() { # project
  on_engine docker ps -aq
  on_engine docker volume ls -q
  on_engine docker network ls -q --filter type=custom
}
# Sandboxes end after their worker, not with it.
nothing_left() { [[ -z $(left_over "$1") ]]; } # project

# `docker compose` 2, as Debian 13 packages it, as a plugin of this machine's client: Debian 12 has none.
new_compose() {
  docker compose version >/dev/null 2>&1 && return
  mkdir -p "$WORK/plugin" "$WORK/client/cli-plugins"
  docker run --rm --network host -v /etc/ssl/certs:/etc/ssl/certs:ro -v "$WORK/plugin:/out" debian:trixie-slim \
    sh -c 'apt-get update -qq -o Acquire::Retries=5 && cd /out && apt-get download -qq -o Acquire::Retries=5 docker-compose' >"$WORK/plugin.log" 2>&1 || { cat "$WORK/plugin.log"; return 1; }
  dpkg-deb --fsys-tarfile "$WORK"/plugin/*.deb | tar -x -C "$WORK/client/cli-plugins" --strip-components=5 ./usr/libexec/docker/cli-plugins/docker-compose
  export DOCKER_CONFIG=$WORK/client
  docker compose version
}
