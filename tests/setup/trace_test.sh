#!/usr/bin/env bash
# ./runyard trace: a program that went through the whole stack leaves its lines in every log, under one key.
source "$(dirname "$0")/support.sh"
stack=${RUNYARD_TEST_STACK:?it is not set: run ./runyard test e2e}
url=${RUNYARD_TEST_URL:?it is not set: run ./runyard test e2e}

trace() { RUNYARD_VAR=$stack "$ROOT/runyard" trace "$@"; }
refused() { # code, arguments...
  local wanted=$1 code=0
  shift
  trace "$@" >"$WORK/said" 2>&1 || code=$?
  cat "$WORK/said"
  same "$code, $(wc -l <"$WORK/said") line" "$wanted, 1 line"
}
check "no id is one line and exit code 2" refused 2
check "two are, too" refused 2 01920000-0000-7000-8000-000000000000 01920000-0000-7000-8000-000000000001
for wrong in x -- '*' 01920000-0000-7000-8000-00000000000 01920000-0000-7000-8000-0000000000000 "'; drop table queue; --"; do
  check "'$wrong' is no id" refused 2 "$wrong"
done
check "an id that nobody knows is one line and exit code 1" refused 1 "$(cat /proc/sys/kernel/random/uuid)"

# Nobody listens there: the delivery fails, which is logged as well.
body='{"language":"python","code":"print(\"WordOfTheCode\")","callback_url":"http://127.0.0.80:9/WordOfTheUrl"}'
id=$(curl -s -m 60 -H 'Content-Type: application/json' -H "X-Request-Id: trace-test-$$" -d "$body" "$url/api/v1/executions?wait=30" | jq -r .execution_id)
has() { trace "$id" >"$WORK/trace" && grep -qE -- "$1" "$WORK/trace"; }
shown() { has "$1" || { cat "$WORK/trace"; return 1; }; }
wait_for 30 has 'program=runyard-worker .*event="webhook failed"' || cat "$WORK/trace"

check "the API's line of the submission is shown, with its request" shown "program=runyard-api .*event=request request=trace-test-$$ method=POST .*execution=$id"
check "the worker's claim is" shown "program=runyard-worker .*event=\"execution begins\" execution=$id attempt=1"
check "its end is" shown "program=runyard-worker .*event=\"execution ended\" execution=$id .*status=COMPLETED .*sandbox=runyard-"
check "the webhook is" shown "program=runyard-worker .*event=\"webhook failed\" execution=$id"
check "the database's story is" shown "program=database event=\"result recorded\" execution=$id attempt=1 status=COMPLETED"
check "lines stand in the order of their times" bash -c "cut -d' ' -f1 '$WORK/trace' | sort -c"
check "each line names the execution under one key" bash -c "! grep -v 'execution=$id' '$WORK/trace'"
check "an id in capitals is the same" bash -c "[[ -n \$(RUNYARD_VAR='$stack' '$ROOT/runyard' trace '${id^^}') ]]"
check "no log holds the code or the whole URL" bash -c "! grep -rE 'WordOfTheCode|WordOfTheUrl' '$stack/log' '$WORK/trace'"

# What svlogd has put aside counts as well, and a time of its own or of Nginx is brought into the same form.
old=01920000-0000-7000-8000-0000000000aa
mkdir -p "$stack/log/nginx"
printf '2026-01-02_03:04:05.67890 a line of PostgreSQL execution=%s\n' "$old" >"$stack/log/postgres/@400000000000000000000000.s"
printf '2026/01/02 03:04:04 [error] 1#1: *1 upstream GET /api/v1/executions/%s\n' "$old" >"$stack/log/nginx/@400000000000000000000000.s"
check "rotated logs are read, times are made alike" same "$(TZ=UTC trace "$old")" \
  "2026-01-02T03:04:04.000Z program=nginx [error] 1#1: *1 upstream GET /api/v1/executions/$old
2026-01-02T03:04:05.678Z program=postgres a line of PostgreSQL execution=$old"

# On a terminal nothing of it is obeyed: the clipboard, a CSI of one character, a turn of direction.
printf '2026/01/02 03:04:05 [error] \033]52;c;eA==\007 \xc2\x9b2J \xe2\x80\xae \xc3\xa4 %s\n' "$old" >"$stack/log/nginx/@400000000000000000000000.s"
check "logs do nothing to a terminal" same \
  "$(TZ=UTC script -qec "RUNYARD_VAR='$stack' '$ROOT/runyard' trace $old" /dev/null </dev/null | grep -a nginx | tr -d '\r')" \
  "2026-01-02T03:04:05.000Z program=nginx [error] ?]52;c;eA==? ?2J ? $(printf '\xc3\xa4') $old"
rm -f "$stack/log/postgres/@400000000000000000000000.s" "$stack/log/nginx/@400000000000000000000000.s"
finish
