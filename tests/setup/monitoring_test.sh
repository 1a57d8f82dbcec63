#!/usr/bin/env bash
# What Prometheus reads, checked by its own promtool: the running stack's figures through Nginx, and the alerts.
source "$(dirname "$0")/support.sh"
stack=${RUNYARD_TEST_STACK:?it is not set: run ./runyard test e2e}
url=${RUNYARD_TEST_URL:?it is not set: run ./runyard test e2e}

# The package would start a Prometheus on this machine: only its checking tool is taken out of it, once.
promtool=$(command -v promtool || true)
if [[ -z $promtool ]]; then
  promtool=$ROOT/build/promtool
  if [[ ! -x $promtool ]]; then
    download() { apt-get download prometheus >/dev/null 2>&1; }
    (cd "$WORK" && { download || { apt-get update -qq && download; }; } && dpkg-deb --fsys-tarfile prometheus_*.deb | tar -xO ./usr/bin/promtool >promtool)
    install -D -m 0755 "$WORK/promtool" "$promtool"
  fi
fi

folder=$ROOT/setup/monitoring
check "the alerts are well formed" "$promtool" check rules "$folder/alerts.yaml"
check "they fire for what they are about, and for nothing else" "$promtool" test rules "$folder/alerts_test.yaml"
check "the example of Prometheus' configuration is one" "$promtool" check config "$folder/prometheus.yml"

# Something of every kind is counted before.
curl -s -m 60 -o /dev/null -H 'Content-Type: application/json' -d '{"language":"python","code":"print(1)"}' "$url/api/v1/executions?wait=30"
scrape() { curl -s -m 20 -D "$WORK/headers" -o "$WORK/metrics" "$url$1"; }
of_all() { scrape /metrics && for program in api worker gateway; do grep -q "program=\"$program\"" "$WORK/metrics" || return 1; done && grep -q 'runyard_worker_executions_total{.*reason=""' "$WORK/metrics"; }
check "an API process answers for API, worker and gateway" wait_for 30 of_all
check "as text of the format 0.0.4" grep -qi '^content-type: text/plain; version=0.0.4; charset=utf-8' "$WORK/headers"
check "promtool finds no fault in it" bash -c "'$promtool' check metrics <'$WORK/metrics'"
check "every family is there once" same "$(grep '^# TYPE' "$WORK/metrics" | cut -d' ' -f3 | sort | uniq -d)" ''
check "no series is there twice" same "$(grep -v '^#' "$WORK/metrics" | sed 's/ [^ ]*$//' | sort | uniq -d)" ''
check "the queue's figures are there" grep -q '^runyard_queue_executions{class="ordinary",state="waiting"} ' "$WORK/metrics"
check "the age of the oldest snapshot is" grep -q '^runyard_database_oldest_snapshot_seconds ' "$WORK/metrics"
check "no label has an id" bash -c "! grep -E '[0-9a-f]{8}-[0-9a-f]{4}-7' '$WORK/metrics'"
check "below /api/v1 it is the same" bash -c "curl -s -m 20 '$url/api/v1/metrics' | grep -q '^runyard_database_up 1'"

# What an alert asks for is counted somewhere: a name that was changed would never fire again.
missing=
while read -r name; do
  grep -rqF "\"$name\"" "$ROOT"/core "$ROOT"/fcgi-app "$ROOT"/worker "$ROOT"/gateway --include=*.cpp || missing+="$name "
done < <(grep -oE 'runyard_[a-z_]+' "$folder/alerts.yaml" | sort -u)
check "every figure of the alerts is counted" same "$missing" ''
finish
