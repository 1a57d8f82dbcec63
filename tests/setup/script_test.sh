#!/usr/bin/env bash
# The decisions of ./runyard that need no services: arguments, packages, paths, templates.
source "$(dirname "$0")/support.sh"

refuses() { # words that must be in the message, arguments of ./runyard...
  local words=$1 output
  shift
  if output=$("$ROOT/runyard" "$@" 2>&1); then return 1; fi
  printf '%s\n' "$output"
  [[ $output == *"$words"* && $output == *"What to do: "* ]]
}
check "an unknown command is refused and the known ones are shown" refuses "no command 'upp'" upp
check "an unknown option of up is refused" refuses "does not know '--fast'" up --fast
check "an unknown test label is refused" refuses "no test label 'units'" test units
check "an unknown service has no log" refuses "no service 'redis'" logs redis
check "a port that is no number is refused" env RUNYARD_PORT=http bash -c "! '$ROOT/runyard' up"

check_wanted() { same "$(wanted_packages run | grep -c '^nginx-light$')" 0; }
check "a package whose command is there already is not wanted" check_wanted
check "comments and other groups are no packages" same "$(wanted_packages test | grep -cE '#|^g\+\+$')" 0
installed_is_not_missing() { [[ $(missing_packages run) != *coreutils* && -z $(missing_packages run | grep -xE 'curl|jq') ]]; }
check "what is installed is not missing" installed_is_not_missing

mkdir -p "$WORK/open/closed/inner"
chmod 700 "$WORK/open/closed"
check "a folder that others may not enter is found" same "$(closed_parent "$WORK/open/closed/inner")" "$WORK/open/closed"
check "a path that is open to all has none" same "$(closed_parent "$WORK/open")" ""
check "the socket folder of a deep state folder is short" bash -c "
  ROOT=/x; source '$ROOT/setup/settings.sh'; use_var '/$(printf 'deep%.0s' {1..40})'; ((\${#RUN} < 60))"

COLOUR='a/b & c'
printf 'x = @COLOUR@;\n' >"$WORK/template"
check "a template's name is replaced by its value as it is" same "$(fill_in "$WORK/template")" 'x = a/b & c;'
printf 'x = @NEVER_SET@;\n' >"$WORK/template"
check "a template with an unknown name is refused" bash -c "! (source '$ROOT/setup/common.sh'; source '$ROOT/setup/postgres.sh'; fill_in '$WORK/template')"

printf 'RUNYARD_PORT=1234\n# RUNYARD_PORT=1\n' >"$WORK/settings"
check "the environment wins over the settings file" same \
  "$(RUNYARD_PORT=99; read_settings_file "$WORK/settings"; printf %s "$RUNYARD_PORT")" 99
check "the settings file is read" same "$(read_settings_file "$WORK/settings"; printf %s "$RUNYARD_PORT")" 1234

ports() { use_ports "$1"; printf '%s' "$PORT|$MORE_PORTS"; }
check "one port is one" same "$(ports 8080)" '8080|'
check "several ports are told apart by commas and spaces, and named once" same "$(ports '8080, 3000,3005 8080  80')" '8080|3000 3005 80 '
check "a port among several that is none is refused" env RUNYARD_PORT=8080,99999 bash -c "! '$ROOT/runyard' up"

dotenv() { (read_dotenv "$WORK/dotenv"; take_older_names; printf '%s' "${!1:-}"); }
cat >"$WORK/dotenv" <<'ENV'
# comment
export RUNNER_API_BINDADDRESS=":3000"
RUNNER_SANDBOX_TIMEOUTSECONDS=7   # seconds
RUNNER_SANDBOX_MEMORY='64M'
RUNNER_DB_DSN="host=db user=me password='a b' dbname=runner"
RUNNER_WORKER_COUNT=3
OTHER=kept out
ENV
check ".env: the address" same "$(dotenv RUNYARD_LISTEN)" '0.0.0.0 [::]'
check ".env: the port" same "$(dotenv RUNYARD_PORT)" 3000
check ".env: the time" same "$(dotenv RUNYARD_SPEC_TIMEOUT_S)" 7
check ".env: the memory" same "$(dotenv RUNYARD_SPEC_MEMORY)" 64M
check ".env: the database" same "$(dotenv RUNYARD_DB)" "host=db user=me password='a b' dbname=runner"
check ".env: the workers" same "$(dotenv RUNYARD_SLOTS)" 3
check ".env: the names of other software are left alone" same "$(dotenv OTHER)" ''
check "the environment wins over .env" same "$(RUNNER_WORKER_COUNT=5 dotenv RUNYARD_SLOTS)" 5
check "our name and the older one may agree" same "$(RUNYARD_SLOTS=3 dotenv RUNYARD_SLOTS)" 3
disagree() { ! (RUNYARD_SLOTS=4 dotenv RUNYARD_SLOTS) && ! (RUNYARD_PORT=8080 dotenv RUNYARD_PORT); }
check "where they disagree the start is refused" disagree
check "an address without a port is refused" bash -c "! (source '$ROOT/setup/common.sh'; source '$ROOT/setup/older_settings.sh'; RUNNER_API_BINDADDRESS=localhost take_older_names)"
printf 'RUNNER_SANDBOX_MEMROY=1M\n' >"$WORK/dotenv"
check "an unknown name in .env is warned of" bash -c "[[ '$(dotenv RUNYARD_SPEC_MEMORY 2>&1)' == *'no setting RUNNER_SANDBOX_MEMROY'* ]]"
check "and one in the environment" bash -c "[[ '$(RUNNER_DB_DNS=x dotenv RUNYARD_DB 2>&1)' == *'no setting RUNNER_DB_DNS'* ]]"
check "what is set is passed to the programs" same "$(RUNYARD_SPEC_MEMORY=64M passed_settings spec_timeout_s spec_memory)" 'spec_memory = 64M'

mkdir "$WORK/bin"
printf '#!/bin/sh\nprintf "%%s|" "$PGPASSWORD" "$@"\n' >"$WORK/bin/psql"
chmod +x "$WORK/bin/psql"
psql_gets() { PATH=$WORK/bin:$PATH psql_to "$1" -c x; }
check "no password is an argument of psql: URI" same \
  "$(psql_gets 'postgresql://me:p%40ss%2Fw@db:5432/runner?sslmode=require')" 'p@ss/w|-d|postgresql://me@db:5432/runner?sslmode=require|-c|x|'
check "no password is an argument of psql: parameter of a URI" same \
  "$(psql_gets 'postgres://db/runner?password=a%20b&user=me')" 'a b|-d|postgres://db/runner?user=me|-c|x|'
check "no password is an argument of psql: alone in a URI" same "$(psql_gets 'postgres:///runner?password=x')" 'x|-d|postgres:///runner|-c|x|'
check "no password is an argument of psql: pairs" same \
  "$(psql_gets "host=db password = 'it\\'s \\\\ a=b' user='a password=c' dbname=runner")" "it's \\ a=b|-d|host=db user='a password=c' dbname=runner|-c|x|"
check "no password is an argument of psql: the last one counts" same "$(psql_gets 'password=a host=/run password=b\ c')" 'b c|-d|host=/run|-c|x|'
check "a connection string without a password stays as it is" same "$(PGPASSWORD=kept psql_gets 'host=/run/db dbname=runner')" 'kept|-d|host=/run/db dbname=runner|-c|x|'
check "the name of a database is one, too" same "$(psql_gets runner)" '|-d|runner|-c|x|'
malformed() { ! psql_gets "password='secret host=db" 2>"$WORK/said" && ! grep -q secret "$WORK/said"; }
check "a malformed connection string reaches no program" malformed
mkdir -p "$WORK/app/bin"
printf '#!/bin/sh\nprintf "%%s|" "$RUNYARD_DB" "$@"\n' >"$WORK/app/bin/runyard-admin"
chmod +x "$WORK/app/bin/runyard-admin"
admin_gets() {
  (
    source "$ROOT/setup/admin.sh"
    need_root() { :; }
    read_running_settings() { :; }
    APP=$WORK/app RUNYARD_DB='host=db password=x' command_admin "$@"
  )
}
check "no password is an argument of runyard-admin" same "$(admin_gets user add 'a b')" 'host=db password=x|user|add|a b|'

check "callers of this machine may be anonymous" same "$(LISTEN='127.0.0.1 [::1]' auth_mode)" open
check "callers from elsewhere may not" same "$(LISTEN='127.0.0.1 192.0.2.1' auth_mode)" required
check "an address that stands for all is elsewhere" same "$(LISTEN='[::]' auth_mode)" required
check "the operator may say otherwise" same "$(LISTEN=0.0.0.0 RUNYARD_AUTH=open auth_mode)" open
check "a mode that does not exist is refused" bash -c "! (source '$ROOT/setup/common.sh'; source '$ROOT/setup/settings.sh'; RUNYARD_AUTH=none auth_mode)"

if command -v shellcheck >/dev/null; then
  check "shellcheck finds nothing" bash -c "cd '$ROOT' && shellcheck -x runyard setup/*.sh setup/services/* .ci/run"
fi
finish
