# shellcheck shell=bash
# The private PostgreSQL cluster: its folder, who may be which role, the database. With RUNYARD_DB nothing
# of this is done.

DATABASE=runyard
ROLES=(runyard_owner runyard_app runyard_worker runyard_reporting)

# The programs of the cluster's version, or the newest of the machine.
find_postgres() {
  local version=
  [[ -f $PG_DATA/PG_VERSION ]] && version=$(<"$PG_DATA/PG_VERSION")
  if [[ -z $version ]]; then
    version=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null | sort -n | tail -n 1)
  fi
  PG_BIN=/usr/lib/postgresql/$version/bin
  [[ -x $PG_BIN/postgres ]] || fail "the data in $PG_DATA is PostgreSQL $version's, which is not installed" \
    "apt-get install postgresql-$version, or move the data with pg_upgrade(1)"
}

fill_in() { # template: replaces @NAME@ by the variable NAME
  local text name
  text=$(<"$1")
  while [[ $text =~ @([A-Z_]+)@ ]]; do
    name=${BASH_REMATCH[1]}
    [[ -v $name ]] || fail "$1 uses @$name@, which is not set" "this is a mistake in setup/: please report it"
    text=${text//"@$name@"/"${!name}"}
  done
  printf '%s\n' "$text"
}

configure_postgres() {
  local memory_mb
  memory_mb=$(($(awk '/MemTotal/ {print $2}' /proc/meminfo) / 1024))
  local PG_CONNECTIONS=${RUNYARD_PG_CONNECTIONS:-30} PG_FSYNC=${RUNYARD_PG_FSYNC:-on}
  # A sixteenth of the memory: the sandboxes need the rest.
  local PG_BUFFERS=$((memory_mb / 16)) PG_CACHE="$((memory_mb / 4))MB"
  ((PG_BUFFERS > 64)) || PG_BUFFERS=64
  ((PG_BUFFERS < 512)) || PG_BUFFERS=512
  PG_BUFFERS+=MB
  fill_in "$ROOT/setup/postgresql.conf" >"$PG_DATA/runyard.conf"
  printf 'local all all peer map=runyard\n' >"$PG_DATA/runyard_hba.conf"
  postgres_ident >"$PG_DATA/runyard_ident.conf"
  chown "$DATABASE_USER:" "$PG_DATA"/runyard*.conf
}

# Which system user may be which role. Root may be all of them.
postgres_ident() {
  local role
  printf '# map  system user  role\n'
  printf 'runyard %s runyard_app\n' "$SERVICE_USER"
  printf 'runyard %s runyard_worker\n' "$WORKER_USER"
  printf 'runyard %s postgres\n' "$DATABASE_USER"
  for role in postgres "${ROLES[@]}"; do printf 'runyard root %s\n' "$role"; done
}

init_postgres() {
  [[ -f $PG_DATA/PG_VERSION ]] && return
  # A half-made cluster of an interrupted start has no version file and nothing of value.
  rm -rf "$PG_DATA"
  install -d -m 0700 -o "$DATABASE_USER" -g "$SERVICE_USER" "$PG_DATA"
  # The C locale sorts by bytes: the fastest, and the same on every machine.
  run_logged "$LOG/initdb.log" "read the log; is the disk full?" initdb_as_user
  printf "include 'runyard.conf'\n" >>"$PG_DATA/postgresql.conf"
}
initdb_as_user() {
  cd /
  as_user "$DATABASE_USER" "$PG_BIN/initdb" -D "$PG_DATA" --username=postgres --auth=peer \
    --encoding=UTF8 --locale=C.UTF-8 --data-checksums
}

start_postgres() {
  step postgres
  if [[ -n ${RUNYARD_DB:-} ]]; then
    # The private cluster of an earlier start is not needed now; its data stays.
    if service_wanted postgres; then
      : >"$SERVICES/postgres/down"
      stop_service postgres 20
    fi
    psql_to "$RUNYARD_DB" -X -q -c 'SELECT 1' >/dev/null 2>"$LOG/psql.log" || fail "RUNYARD_DB does not answer: $(<"$LOG/psql.log")" \
      "check the connection string with: psql \"\$RUNYARD_DB\""
    step_done "the database of RUNYARD_DB answers"
    return
  fi
  init_postgres
  local old
  old=$(content_hash "$PG_DATA"/runyard*.conf)
  configure_postgres
  write_stack_env
  local running
  running=$(service_pid postgres)
  add_service postgres
  if [[ -n $running && $old != "$(content_hash "$PG_DATA"/runyard*.conf)" ]]; then restart_service postgres; fi
  if ! wait_for 60 postgres_ready; then
    show_log postgres
    fail "PostgreSQL does not answer" "the whole log: ./runyard logs postgres"
  fi
  make_database
  step_done "$("$PG_BIN/postgres" --version | sed 's/.*) \([0-9.]*\).*/\1/;s/(.*//') at $PG_SOCKET"
}
postgres_ready() { "$PG_BIN/pg_isready" -q -h "$PG_SOCKET" -U postgres; }

superuser_sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 -h "$PG_SOCKET" -U postgres "$@"; }

make_database() {
  local role
  [[ $(superuser_sql -d postgres -c "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'runyard\_%'") -ge ${#ROLES[@]} ]] ||
    for role in "${ROLES[@]}"; do
      superuser_sql -d postgres -c "DO \$\$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$role') THEN CREATE ROLE $role LOGIN; END IF; END \$\$"
    done
  # For the age of the oldest snapshot (oldest_snapshot_s): the programs learn that number, nothing of other sessions.
  superuser_sql -d postgres -c "GRANT pg_read_all_stats TO runyard_owner"
  [[ -n $(superuser_sql -d postgres -c "SELECT 1 FROM pg_database WHERE datname = '$DATABASE'") ]] ||
    superuser_sql -d postgres -c "CREATE DATABASE $DATABASE OWNER runyard_owner"
  # What only a superuser may give and take: the migrations run as the schema's owner.
  superuser_sql -d "$DATABASE" -f "$ROOT/sql/roles.sql"
}

# The connection string of a role.
database_of() { # role
  if [[ -n ${RUNYARD_DB:-} ]]; then
    printf '%s\n' "$RUNYARD_DB"
  else
    printf 'host=%s dbname=%s user=%s\n' "$PG_SOCKET" "$DATABASE" "$1"
  fi
}

# A postmaster whose runsv was killed: it works in its data folder, not in the service's.
stop_postgres_orphan() {
  local pid
  pid=$(head -n 1 "$PG_DATA/postmaster.pid" 2>/dev/null || true)
  [[ -n $pid && $(readlink "/proc/$pid/cwd" 2>/dev/null) == "$PG_DATA" ]] || return 0
  kill -INT "$pid" 2>/dev/null || true
  wait_for 20 no_process_of "$PG_DATA" || end_processes "$PG_DATA"
}

migrate() {
  step migrations
  run_logged "$LOG/migrate.log" "the database was left as it was before the failed migration; correct its cause and run ./runyard up again" \
    run_migrate
  step_done "$(tail -n 1 "$LOG/migrate.log" | cut -c1-58)"
}
run_migrate() { RUNYARD_DB=$(database_of runyard_owner) "$APP/bin/runyard-migrate" "--migrations_dir=$APP/migrations"; }
