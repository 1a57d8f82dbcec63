# shellcheck shell=bash
# One program through the whole path: Nginx, API, queue, worker, sandbox and back.

FIRST_PROGRAM='import sys; print("Hello from Python %d.%d in a sandbox" % sys.version_info[:2])'

first_run() {
  step 'first run'
  local answer=$LOG/first-run.json status deadline=$((SECONDS + 60)) body
  body=$(jq -n --arg code "$FIRST_PROGRAM" '{language: "python", code: $code}')
  # A fresh start needs a moment: the API connects, the worker warms its first sandbox.
  while :; do
    status=$(curl -s --noproxy '*' -m 40 -o "$answer" -w '%{http_code}' -H 'Content-Type: application/json' \
      -d "$body" "$(site_url)/api/v1/executions?wait=30" || true)
    [[ $status == 200 ]] && break
    ((SECONDS < deadline)) && [[ $status =~ ^(000|422|502|503)$ ]] || break
    sleep 0.3
  done
  if [[ $status != 200 || $(jq -r .status "$answer") != COMPLETED ]]; then
    [[ ! -s $answer ]] || sed 's/^/  | /' "$answer" >&2
    show_log api
    show_log worker
    fail "the first program did not come back: HTTP status $status" \
      "./runyard doctor checks the machine; ./runyard logs shows all services"
  fi
  step_done "$(jq -r '"\(.language): \(.stdout | rtrimstr("\n")) (\(.execution_time) ms)"' "$answer")"
}
