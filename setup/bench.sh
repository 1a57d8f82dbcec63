# shellcheck shell=bash
# ./runyard bench: the running stack, or one started for it, measured by tests/bench.

command_bench() {
  need_root bench "$@"
  install_packages run build test
  command_up --wait-images
  drop_lock
  build_bench
  local program=$ROOT/build/bench/$BENCH_PROGRAM
  [[ -x $program ]] || fail "$program was not built" "read $LOG/build-bench.log"
  # What it starts itself runs as the worker does.
  RUNYARD_BENCH_URL=http://127.0.0.1:$PORT RUNYARD_BENCH_STACK=$VAR RUNYARD_BENCH_AS_WORKER=$(worker_prefix) \
    RUNYARD_BENCH_DB=$(database_of runyard_owner) exec "$program" "$@"
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
