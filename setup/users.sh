# shellcheck shell=bash
# System users, one for each trust level, and the folders of the state with who may write where.

make_users() {
  getent group "$SERVICE_USER" >/dev/null || groupadd --system "$SERVICE_USER"
  local user
  for user in "$SERVICE_USER" "$DATABASE_USER" "$WORKER_USER"; do
    getent passwd "$user" >/dev/null && continue
    useradd --system --gid "$SERVICE_USER" --no-create-home --home-dir /nonexistent \
      --shell /usr/sbin/nologin --comment Runyard "$user"
  done
}

# Everything is root's, but what a service writes itself.
make_folders() {
  # Fresh folders must be enterable whatever umask the caller has.
  umask 022
  mkdir -p "$VAR" "$RUN" "$STAMP" "$APP/bin" "$SERVICES"
  # Addresses of callers, ids, statements that failed: the log of no other service of the machine is everybody's either.
  install -d -m 0750 -o root -g "$SERVICE_USER" "$LOG"
  install -d -m 0750 -o root -g "$SERVICE_USER" "$ETC"
  # Only the group gets to PostgreSQL's socket; who it is there, peer authentication says.
  install -d -m 0750 -o "$DATABASE_USER" -g "$SERVICE_USER" "$PG_SOCKET"
  install -d -m 0700 -o "$WORKER_USER" -g "$SERVICE_USER" "$VAR/worker" "$WORKERS"
  # A worker that ran as root may have left its own.
  chown -R "$WORKER_USER:$SERVICE_USER" "$WORKERS"
  install -d -m 0750 -o "$SERVICE_USER" -g "$SERVICE_USER" "$NGINX" "$VAR/cache"
  # The API makes its secret at its first start; it stays, so that tokens outlive a restart.
  install -d -m 0700 -o "$SERVICE_USER" -g "$SERVICE_USER" "$SECRET"
}

check_reachable() {
  local closed
  closed=$(closed_parent "$VAR")
  [[ -z $closed ]] || fail "the services' users cannot enter $closed, and the state is in $VAR" \
    "set RUNYARD_VAR to a folder that others may enter, or chmod o+x $closed"
}

# Runs a command as another user with nothing of root's left: no groups, no capabilities.
as_user() { # user, command...
  local user=$1
  shift
  setpriv --reuid "$user" --regid "$SERVICE_USER" --clear-groups --inh-caps=-all -- "$@"
}
