#!/usr/bin/env bash
# Other users of the host against a site's files: what they may read, write and connect to.
source "$(dirname "$0")/support.sh"

STRANGER=nobody
as_stranger() { setpriv --reuid "$STRANGER" --regid nogroup --clear-groups --inh-caps=-all -- "$@"; }

make_users
make_folders
run_logged "$LOG/some.log" "" true
write_stack_env
printf 'db = password=secret\n' | replace_file "$ETC/api.conf" 0640
chgrp "$SERVICE_USER" "$ETC/api.conf"
printf 'token' >"$SECRET/token"

check "the state can be reached by the services' users" as_user "$SERVICE_USER" test -r "$ETC/api.conf"
closed=()
for folder in "$ETC" "$SECRET" "$LOG" "$PG_SOCKET" "$NGINX" "$WORKERS" "$VAR/worker" "$VAR/cache"; do
  as_stranger ls "$folder" >/dev/null 2>&1 && closed+=("$folder")
done
check "no other user of the host looks into settings, secrets, logs and sockets" same "${closed[*]}" ""
for file in "$ETC/api.conf" "$ETC/stack.env" "$SECRET/token" "$LOG/some.log"; do
  check "no other user of the host reads ${file##*/}" fails as_stranger cat "$file"
done
writable() { as_stranger find "$VAR" "$RUN" -writable ! -type l 2>/dev/null; }
check "no other user of the host writes anywhere in the state" same "$(writable)" ""
check "nothing is everybody's to write" same "$(find "$VAR" "$RUN" -perm -o+w ! -type l)" ""

finish
