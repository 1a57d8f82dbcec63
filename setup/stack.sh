# shellcheck shell=bash
# What the services run from: a copy of programs, manifests and scripts in $APP, and generated settings in
# $ETC. A copy, because a build must not change what runs, and the checkout may be closed to their users.

write_stack_env() {
  local GROUP=$SERVICE_USER DOCKER_GROUP name
  DOCKER_GROUP=$(docker_group)
  local worker=$WORKER_USER
  [[ -n $DOCKER_GROUP ]] || worker=root
  {
    echo "# Written by ./runyard up, read by the service scripts."
    for name in VAR RUN LOG APP ETC NGINX PG_DATA PG_BIN SERVICE_USER DATABASE_USER GROUP DOCKER_GROUP API_PROCESSES PORT MORE_PORTS LISTEN; do
      printf '%s=%q\n' "$name" "${!name:-}"
    done
    printf 'WORKER_USER=%q\n' "$worker"
    printf 'RUNYARD_DB_SET=%q\n' "${RUNYARD_DB:+1}"
  } | replace_file "$ETC/stack.env" 0640
}

# Writes stdin to a file at once or not at all.
replace_file() { # file, mode
  cat >"$1.new"
  chmod "$2" "$1.new"
  mv "$1.new" "$1"
}

install_app() {
  step install
  local program
  umask 022
  copy_program fcgi-app runyard-api
  copy_program gateway runyard-gateway
  copy_program worker runyard-worker
  copy_program core runyard-migrate
  copy_program admin runyard-admin
  copy_program agent runyard-agent       # for images that bring none
  copy_program agent runyard-agent-local # for sandbox = local
  copy_folder "$ROOT/setup/services" "$APP/services"
  copy_folder "$ROOT/docker/languages" "$APP/languages"
  copy_folder "$ROOT/docker/seccomp" "$APP/seccomp"
  copy_folder "$ROOT/sql/migrations" "$APP/migrations"
  copy_folder "$DOCS" "$APP/docs"
  copy_folder "$PAGE" "$APP/page"
  cmp -s "$ROOT/fcgi-app/openapi.yaml" "$APP/openapi.yaml" || replace_file "$APP/openapi.yaml" 0644 <"$ROOT/fcgi-app/openapi.yaml"
  step_done "programs and manifests in $APP"
}

copy_program() { # folder, name
  local from
  from=$(built_program "$1" "$2")
  [[ -x $from ]] || fail "$from was not built" "rm $BUILD/.runyard-built and run this again"
  cmp -s "$from" "$APP/bin/$2" && return
  # A new file: the old one is being executed.
  install -m 0755 "$from" "$APP/bin/$2.new"
  mv "$APP/bin/$2.new" "$APP/bin/$2"
}

copy_folder() {
  [[ -d $1 ]] || return 0
  diff -rq "$1" "$2" >/dev/null 2>&1 && return
  rm -rf "$2.new"
  cp -r "$1" "$2.new"
  # Manifests and scripts are no secrets, whatever umask the checkout was made with.
  chmod -R a+rX "$2.new"
  rm -rf "$2"
  mv "$2.new" "$2"
}

# What the operator's own lines came to.
setting_in_force() { sed -n "s/^$1 *= *//p" "$ETC/api.conf" | tail -n 1; } # name

# Names under which the site is called: those that the operator gives, and those that it listens on.
site_hosts() {
  local address names=${RUNYARD_HOSTS:-}
  for address in $LISTEN; do
    [[ $address == *[A-Za-z]* && $address != '['* ]] && names+=${names:+, }$address
  done
  printf '%s\n' "$names"
}

configure_programs() {
  local auth name
  auth=$(auth_mode)
  local RUNYARD_HOSTS=${RUNYARD_HOSTS:-}
  # With credentials required any name does, unless the operator says which.
  [[ $auth == required && -z $RUNYARD_HOSTS ]] || RUNYARD_HOSTS=$(site_hosts)
  {
    echo "# Written by ./runyard up; your own settings go to api.local.conf beside it."
    echo "db = $(database_of runyard_app)"
    echo "languages_dir = $APP/languages"
    echo "auth = $auth"
    echo "token_secret_file = $SECRET/token"
    passed_settings hosts allowed_origins older_cors spec_timeout_s spec_memory execute_per_15_min spec_file
    cat "$ETC/api.local.conf" 2>/dev/null || true
  } | replace_file "$ETC/api.conf" 0640
  {
    echo "# Written by ./runyard up; your own settings go to gateway.local.conf beside it."
    echo "db = $(database_of runyard_app)"
    echo "listen = unix:$RUN/gateway/live.sock"
    echo "api_socket = $RUN/api.sock"
    # Hosts and pages that may call are the API's, whose file says it once for both.
    for name in auth hosts allowed_origins; do printf '%s = %s\n' "$name" "$(setting_in_force "$name")"; done
    cat "$ETC/gateway.local.conf" 2>/dev/null || true
  } | replace_file "$ETC/gateway.conf" 0640
  {
    echo "# Written by ./runyard up; your own settings go to worker.local.conf beside it."
    echo "db = $(database_of runyard_worker)"
    echo "languages_dir = $APP/languages"
    echo "docker = $(command -v docker)"
    echo "seccomp_profile = $APP/seccomp/profile.json"
    echo "state_dir = $WORKERS"
    passed_settings slots sandbox spec_file webhooks webhook_allow webhook_ca_file
    cat "$ETC/worker.local.conf" 2>/dev/null || true
  } | replace_file "$ETC/worker.conf" 0640
  # The connection string may hold a password: only the services' group reads it.
  chgrp "$SERVICE_USER" "$ETC/api.conf" "$ETC/gateway.conf" "$ETC/worker.conf" "$ETC/stack.env"
}

# What a program's run depends on; when it changes, the service is restarted.
program_hash() { # api | gateway | worker
  content_hash "$APP/bin/runyard-$1" "$ETC/$1.conf" "$ETC/stack.env" "$APP/services/$1" "$APP/languages" "$APP/seccomp"
}

start_program() { # api | gateway | worker
  local hash running
  hash=$(program_hash "$1")
  running=$(service_pid "$1")
  if [[ -n $running ]] && ! stamped "service-$1" "$hash"; then
    # Sent TERM, it finishes what it has begun.
    restart_service "$1"
  fi
  add_service "$1"
  set_stamp "service-$1" "$hash"
}
