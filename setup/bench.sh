# shellcheck shell=bash
# ./runyard bench: the running stack, or one started for it, measured by tests/bench.

command_bench() {
  need_root bench "$@"
  install_packages run build test
  command_up --wait-images
  drop_lock
  build_bench
  local program=$ROOT/build/bench/$BENCH_PROGRAM code=0
  [[ -x $program ]] || fail "$program was not built" "read $LOG/build-bench.log"
  if scratch_cluster_wanted "$@"; then start_scratch_cluster; fi
  # What it starts itself runs as the worker does.
  RUNYARD_BENCH_URL=http://127.0.0.1:$PORT RUNYARD_BENCH_STACK=$VAR RUNYARD_BENCH_AS_WORKER=$(worker_prefix) \
    RUNYARD_TEST_DB="host=$VAR/bench/socket dbname=postgres user=postgres" \
    "$program" "$@" || code=$?
  exit "$code"
}

# Rows 11 and 12 make databases of their own: all rows, or one of these.
scratch_cluster_wanted() {
  local argument rows=
  for argument in "$@"; do
    case $argument in
      11 | 12) return 0 ;;
      -*) ;;
      *) rows=yes ;;
    esac
  done
  [[ -z $rows ]]
}

# A PostgreSQL with the stack's settings beside the stack's own, on the same disk, for as long as this runs.
start_scratch_cluster() {
  step cluster
  CLEANUP=stop_scratch_cluster
  stop_scratch_cluster
  find_postgres
  # The functions for the stack's own cluster take these. Nothing is saved on durability, and four workers at
  # once have their connections.
  local PG_DATA=$VAR/bench/postgres PG_SOCKET=$VAR/bench/socket RUNYARD_PG_FSYNC=on RUNYARD_PG_CONNECTIONS=60
  install -d -m 0755 "$VAR/bench"
  install -d -m 0750 -o "$DATABASE_USER" -g "$SERVICE_USER" "$PG_SOCKET"
  init_postgres
  configure_postgres
  run_logged "$LOG/bench-postgres.log" "read the log; is the disk full?" start_scratch_as_user
  step_done "beside the stack's own, with its settings"
}
start_scratch_as_user() {
  cd /
  as_user "$DATABASE_USER" "$PG_BIN/pg_ctl" -D "$PG_DATA" -w -l "$PG_DATA/server.log" start
}
# Its data is worth nothing, so it needs no last checkpoint.
stop_scratch_cluster() { # also as CLEANUP, with the exit code
  local data=$VAR/bench/postgres
  if [[ -f $data/postmaster.pid ]]; then
    (cd / && as_user "$DATABASE_USER" "$PG_BIN/pg_ctl" -D "$data" -m immediate stop) >/dev/null 2>&1 || true
  fi
  rm -rf "$data" "$VAR/bench/socket"
}

# The words before a command that make it run with the worker's rights.
worker_prefix() {
  local user group
  user=$(sed -n 's/^WORKER_USER=//p' "$ETC/stack.env")
  group=$(sed -n 's/^DOCKER_GROUP=//p' "$ETC/stack.env")
  if [[ $user == root ]]; then
    printf '/usr/bin/env\n'
  else
    printf '/usr/bin/setpriv --reuid %s --regid %s --groups %s,%s --inh-caps=-all --\n' "$user" "$SERVICE_USER" "$SERVICE_USER" "$group"
  fi
}

# The services stay what `up` built; only the measuring program is compiled here, optimized as they are.
build_bench() {
  step build
  run_logged "$LOG/build-bench.log" "look at the first error in $LOG/build-bench.log" bench_preset
  step_done "the measuring program"
}
bench_preset() {
  cd "$ROOT"
  local launcher=()
  command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  cmake --preset release -B build/bench -DRUNYARD_TESTS=ON "${launcher[@]}"
  cmake --build build/bench --target runyard-bench
}
