# shellcheck shell=bash
# runyard-admin on this stack's database.

command_admin() {
  need_root admin "$@"
  read_running_settings
  [[ -x $APP/bin/runyard-admin ]] || fail "there is no $APP/bin/runyard-admin" "sudo ./runyard up"
  # Everybody on the machine may read a program's arguments, but not its environment.
  RUNYARD_DB=$(database_of runyard_owner) exec "$APP/bin/runyard-admin" "$@"
}
