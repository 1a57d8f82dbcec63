#!/usr/bin/env bash
# The Debian packages in a system that has nothing but the base: they bring what they need, say what is next, and
# leave nothing behind.
source "$(dirname "$0")/support.sh"
source "$ROOT/setup/package.sh"
BUILT=${RUNYARD_TEST_BIN:-$ROOT/build/dev}
SYSTEM=$WORK/system
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")

pack "$BUILT" >"$WORK/pack.log" 2>&1 || { cat "$WORK/pack.log"; exit 1; }
# The build folder's packages are this test's.
mkdir "$WORK/packages"
mv "$BUILT"/package/*.deb "$WORK/packages/"
rm -rf "$BUILT/package/_CPack_Packages"

leave() {
  umount "$SYSTEM/proc" 2>/dev/null
  rm -rf "$WORK"
}
trap leave EXIT
make_system() {
  rm -rf "$SYSTEM"
  mmdebstrap --quiet --variant=minbase --skip=cleanup/apt/lists --aptopt='Acquire::Retries "5"' --include=systemd,adduser,ca-certificates "$codename" "$SYSTEM" >"$WORK/debootstrap.log" 2>&1
}
# A server that does not answer now and then is none of ours.
make_system || make_system || { cat "$WORK/debootstrap.log"; exit 1; }
mount -t proc proc "$SYSTEM/proc"
cp /etc/resolv.conf "$SYSTEM/etc/"
for name in common server worker cli; do cp "$WORK/packages/runyard-${name}_"*.deb "$SYSTEM/root/$name.deb"; done
inside() { chroot "$SYSTEM" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
  http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" "$@"; }
# What is there, without what every installation touches.
everything() {
  (cd "$SYSTEM" && find . -path ./proc -prune -o -path ./root -prune -o -path ./var/cache -prune -o -path ./var/log -prune -o \
    -path ./var/lib/dpkg -prune -o -path ./var/lib/apt -prune -o -path ./var/lib/systemd -prune -o -type f -print | sort)
}
everything >"$WORK/before"

install_all() { inside apt-get install -y --no-install-recommends /root/common.deb /root/server.deb /root/worker.deb /root/cli.deb; }
install_all >"$WORK/install.log" 2>&1
check "the packages install with what they need" grep -q 'runyard-worker: next' "$WORK/install.log"
check "and say what is next" grep -q 'runyard-server: next  1. runyard-create-database' "$WORK/install.log"
for program in api gateway worker migrate admin; do
  check "runyard-$program runs" inside "runyard-$program" --help
done
check "the client runs, and needs no PostgreSQL" bash -c "$(declare -f inside); SYSTEM=$SYSTEM; inside runyard-cli --version | grep -q '^runyard-cli ' && \
  inside dpkg -s runyard-cli | grep '^Depends: .*libcurl4' | grep -v libpq"
check "the client's manual is there" inside test -s /usr/share/man/man1/runyard-cli.1
refuses() { # text, command...
  local wanted=$1 text
  shift
  text=$("$@" 2>&1 </dev/null) && return 1
  printf '%s\n' "$text"
  [[ $text == *"$wanted"* && $(wc -l <<<"$text") == 1 ]]
}
check "the API takes its settings, and wants a socket" refuses 'fd 0 is not a listening socket' inside runyard-api --config=/etc/runyard/api.conf
check "migrations are where its settings say" refuses 'runyard-migrate: ' inside runyard-migrate --config=/etc/runyard/migrate.conf
check "the operator's program takes its settings, and wants a database" \
  refuses 'runyard-admin: ' inside runyard-admin --config=/etc/runyard/admin.conf user list
check "which has a manual page" inside test -s /usr/share/man/man1/runyard-admin.1
check "the worker finds languages, profile and agent, and wants a database" \
  bash -c "$(declare -f inside); SYSTEM=$SYSTEM; inside runyard-worker --config=/etc/runyard/worker.conf 2>&1 | grep -q 'runyard-worker: .*connect'"
check "the units are sound" inside systemd-analyze verify --man=no runyard-migrate.service runyard-api.socket runyard-api.service \
  runyard-gateway.service runyard-worker.service
# Its measure of what a service could do, in tenths; taking one protection from any of them makes it 18 at least.
for unit in runyard-api runyard-gateway runyard-worker; do
  check "$unit.service may do little" inside systemd-analyze security --offline=true --no-pager --threshold=17 "/lib/systemd/system/$unit.service"
done
enabled() { inside systemctl is-enabled "$1" | grep -qx enabled; }
for unit in runyard-api.socket runyard-api.service runyard-gateway.service runyard-worker.service; do check "$unit starts with the system" enabled "$unit"; done
mode() { inside stat -c '%U:%G %a' "$1"; }
check "settings, which may hold a password, are the programs' own" same "$(mode /etc/runyard/api.conf) $(mode /etc/runyard/worker.conf)" \
  'root:runyard 640 root:runyard-worker 640'
owner_only() { # file: the schema's owner's connection, which postgres may read where it is
  if inside getent group postgres >/dev/null; then same "$(mode "$1")" 'root:postgres 640'; else same "$(mode "$1")" 'root:root 600'; fi
}
for file in admin migrate; do check "$file.conf, which opens everything, is the owner's alone" owner_only "/etc/runyard/$file.conf"; done
check "the worker's user may use the engine" bash -c "[[ ' $(inside id -nG runyard-worker) ' == *' docker '* ]]"
for file in nginx/runyard.inc nginx/runyard.http.inc nginx/cors.conf migrations/0001_executions_and_queue.sql languages/python/language.json \
  docker/build-images.sh docker/seccomp/profile.json openapi.yaml page/index.html docs/index.html; do
  check "$file is there" inside test -s "/usr/share/runyard/$file"
done
check "and has no name left to be filled in" bash -c "! grep -rnE '@[A-Z_]+@' '$SYSTEM/usr/share/runyard/nginx'"

printf '# my own\n' >>"$SYSTEM/etc/runyard/api.conf"
inside apt-get install -y --reinstall /root/server.deb >"$WORK/again.log" 2>&1
check "settings outlive an upgrade" grep -q '# my own' "$SYSTEM/etc/runyard/api.conf"

inside apt-get purge -y runyard-common runyard-server runyard-worker runyard-cli >"$WORK/purge.log" 2>&1
inside apt-get autoremove -y --purge >>"$WORK/purge.log" 2>&1
everything >"$WORK/after"
check "removed, they leave nothing behind" bash -c "! comm -13 '$WORK/before' '$WORK/after' | grep -i runyard"
check "no user" bash -c "! grep -q runyard '$SYSTEM/etc/passwd' '$SYSTEM/etc/group'"
check "and no folder" bash -c "! find '$SYSTEM'/etc '$SYSTEM'/var/lib '$SYSTEM'/usr '$SYSTEM'/run -maxdepth 2 -name 'runyard*' | grep ."

((FAILED_CHECKS == 0)) || { tail -n 30 "$WORK"/*.log; exit 1; }
