# shellcheck shell=bash
# ./runyard up: every step changes only what is not yet as it should be.

command_up() {
  local wait_images=
  while (($# > 0)); do
    case $1 in
      --wait-images) wait_images=1 ;;
      *) fail "up does not know '$1'" "./runyard up [--wait-images]" ;;
    esac
    shift
  done
  need_root up
  local started
  started=$(now_ms)
  check_paths
  take_lock
  printf 'Runyard in %s\n' "$VAR"
  check_port_early
  install_packages run build
  build "$PRESET"
  start_stack
  if [[ -n $wait_images ]]; then all_images; else images_in_background; fi
  first_run
  printf '\nReady in %s: %s/api/v1   (./runyard status, logs, down)\n' "$(seconds_since "$started")" "$(site_url)"
}

check_paths() {
  [[ $VAR =~ ^[A-Za-z0-9/._+-]+$ ]] || fail "the folder $VAR has characters that configuration files do not take" \
    "set RUNYARD_VAR to a folder with a plain name"
  if [[ -z ${RUNYARD_VAR:-} && $VAR != "$ROOT/var" ]]; then
    note "other users may not enter $(closed_parent "$ROOT"), so the state is in $VAR"
  fi
}
# Before the long steps, when the tool is already there.
check_port_early() { if command -v ss >/dev/null; then check_port; fi; }

# Everything between the build and the first request; the tests' stack starts by this too.
start_stack() {
  make_users
  make_folders
  check_reachable
  build_pages
  install_app
  start_supervisor
  find_postgres
  write_stack_env
  start_engine
  start_postgres
  migrate
  first_image
  check_port
  write_stack_env
  configure_programs
  step api
  start_program api
  wait_for 30 test -S "$RUN/api.sock" || { show_log api; fail "the API does not start" "./runyard logs api"; }
  step_done "$API_PROCESSES processes"
  step gateway
  start_program gateway
  wait_for 30 test -S "$RUN/gateway/live.sock" || { show_log gateway; fail "the gateway does not start" "./runyard logs gateway"; }
  step_done "live runs at $(sed -n 's/^listen = //p' "$ETC/gateway.conf" | tail -n 1)"
  step worker
  start_program worker
  step_done "started as $(sed -n 's/^WORKER_USER=//p' "$ETC/stack.env")"
  start_nginx
}

# Python alone, so that the site serves soon.
first_image() {
  step images
  # While the others are being built in the background, python's own was the first.
  if images_current || { [[ -n $(background_images_pid) ]] && image_present python; }; then
    step_done "python is there"
    return
  fi
  wait_background_images
  run_logged "$LOG/images-first.log" "read the log; ./runyard doctor checks the engine" build_images_now python
  step_done "python is there"
}

all_images() {
  step images
  local names
  mapfile -t names < <(language_folders)
  if ! images_current; then
    wait_background_images
    run_logged "$LOG/images.log" "read the log; ./runyard build-images tries again" build_images_now
    set_stamp images "$(images_hash)"
  fi
  step_done "all ${#names[@]} languages"
}

images_in_background() {
  step images
  if images_current; then
    step_done "all languages are there"
    return
  fi
  if [[ -z $(background_images_pid) ]]; then
    local hash
    hash=$(images_hash)
    # Nicely, since programs run meanwhile. The stamp is set at the end only, by the one who built.
    env RUNYARD_VAR="$VAR" RUNYARD_AGENT="$(built_program agent runyard-agent)" STAMP="$STAMP" HASH="$hash" \
      RUNYARD_IMAGES_RECORD="$STAMP/images-present" \
      setsid nice bash -c 'echo $$ >"$1"; "$2" && echo "$HASH" >"$STAMP/images"; rm -f "$1"' images "$RUN/images.pid" "$IMAGES_SCRIPT" \
      </dev/null >"$LOG/images.log" 2>&1 {LOCK}>&- &
    disown
  fi
  step_done "the other languages are built in the background (logs images)"
}

background_images_pid() {
  local pid
  pid=$(cat "$RUN/images.pid" 2>/dev/null || true)
  [[ -n $pid && $(command_line "$pid") == *"$IMAGES_SCRIPT"* ]] || return 0
  printf '%s\n' "$pid"
}

wait_background_images() {
  local pid
  pid=$(background_images_pid)
  [[ -z $pid ]] || note "waiting for the images that are being built in the background"
  while [[ -n $(background_images_pid) ]]; do sleep 1; done
}

command_build_images() {
  need_root build-images "$@"
  install_packages run build
  build "$PRESET"
  engine_answers || fail "no docker engine answers" "./runyard up starts one"
  build_images_now "$@"
}
