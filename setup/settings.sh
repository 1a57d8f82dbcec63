# shellcheck shell=bash
# Where everything is. Each value may come from the environment; those of `up` also from .env and var/settings.

# shellcheck source=setup/older_settings.sh
source "$(dirname "${BASH_SOURCE[0]}")/older_settings.sh"

# Prints the first folder above $1 that other users may not enter, nothing when there is none.
closed_parent() {
  local path=$1
  while [[ $path != / ]]; do
    if [[ $(stat -c %A "$path") != *[xt] ]]; then
      printf '%s\n' "$path"
      return
    fi
    path=$(dirname "$path")
  done
}

# The services run as users of their own, which a checkout in /root or in a private home shuts out.
default_var() {
  if [[ -z $(closed_parent "$ROOT") ]]; then
    printf '%s/var\n' "$ROOT"
  else
    printf '/var/lib/runyard/%s\n' "$(printf %s "$ROOT" | sha256sum | cut -c1-12)"
  fi
}

# Sets everything that follows from VAR; called again for the stack of the tests.
use_var() {
  VAR=$(realpath -m "$1")
  # A unix socket's path holds 107 bytes, so a deep checkout keeps its sockets elsewhere.
  RUN=$VAR/run
  if ((${#RUN} > 80)); then RUN=/run/runyard-$(printf %s "$VAR" | sha256sum | cut -c1-12); fi
  LOG=$VAR/log
  APP=$VAR/app          # the copy of programs and manifests that the services use
  ETC=$VAR/etc          # generated settings of the services
  SECRET=$VAR/secret    # what the API alone reads
  STAMP=$VAR/stamp      # content hashes of what was done last
  SERVICES=$VAR/service # runsvdir's folder
  PG_DATA=$VAR/pg
  PG_SOCKET=$RUN/pg
  NGINX=$VAR/nginx
}

# Reads KEY=value lines; what the environment says wins.
read_settings_file() {
  local file=$1 key value
  [[ -r $file ]] || return 0
  while IFS='=' read -r key value || [[ -n $key ]]; do
    [[ $key =~ ^[[:space:]]*(#|$) ]] && continue
    [[ $key =~ ^RUNYARD_[A-Z0-9_]+$ ]] || fail "$file: '$key' is not a setting" "see ./runyard help"
    [[ -n ${!key:-} ]] || printf -v "$key" %s "$value"
  done <"$file"
}

# Whoever reaches the site can run programs, so beyond this machine a caller says who he is.
auth_mode() {
  local address
  if [[ -n ${RUNYARD_AUTH:-} ]]; then
    [[ $RUNYARD_AUTH == open || $RUNYARD_AUTH == required ]] ||
      fail "RUNYARD_AUTH is '$RUNYARD_AUTH'" "set it to open or required"
    printf '%s\n' "$RUNYARD_AUTH"
    return
  fi
  for address in $LISTEN; do
    [[ $address == 127.* || $address == '[::1]' || $address == localhost ]] && continue
    printf 'required\n'
    return
  done
  printf 'open\n'
}

# "8080, 3000": the first is the one that this machine uses itself.
use_ports() {
  local port ports
  IFS=$', \t' read -r -a ports <<<"$1"
  PORT=${ports[0]:-}
  MORE_PORTS=
  for port in "${ports[@]:1}"; do
    [[ " $PORT $MORE_PORTS" == *" $port "* ]] || MORE_PORTS+="$port "
  done
}

read_dotenv "$ROOT/.env"
use_var "${RUNYARD_VAR:-$(default_var)}"
read_settings_file "$VAR/settings"
take_older_names

use_ports "${RUNYARD_PORT:-8080}"
LISTEN=${RUNYARD_LISTEN:-127.0.0.1 [::1]}
PRESET=release
API_PROCESSES=${RUNYARD_API_PROCESSES:-2}
# An older client or engine on the way may take its time; nobody should wait for ever.
DOCKER_TIMEOUT=20
SERVICE_USER=runyard           # Nginx, the API and the gateway
DATABASE_USER=runyard-db       # PostgreSQL, so that a broken API cannot touch its files
WORKERS=/run/runyard           # locks that all workers of this machine share, whatever stack they belong to
WORKER_USER=runyard-worker     # in the group of the docker socket
ALL_SERVICES=(docker postgres api gateway worker nginx)
BENCH_PROGRAM=tests/bench/runyard-bench   # below the build folder
