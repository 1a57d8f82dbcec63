# shellcheck shell=bash
# One program through the whole path: Nginx, API, queue, worker, sandbox and back.

FIRST_PROGRAM='import sys; print("Hello from Python %d.%d in a sandbox" % sys.version_info[:2])'

# A key for this one request, where anonymous callers may not submit. It stands in a file, since everybody
# may read a program's arguments.
make_first_key() { # file
  local key
  key=ry_$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077 && printf 'X-API-Key: %s\n' "$key" >"$1")
  FIRST_KEY_DIGEST=$(printf %s "$key" | sha256sum | cut -d' ' -f1)
  psql_to "$(database_of runyard_app)" -X -q -c "
    -- One that a failed start has left.
    DELETE FROM api_keys WHERE owner = 'user:runyard' AND name = 'first run';
    INSERT INTO api_keys (id, owner, name, digest, scopes)
    VALUES (gen_random_uuid(), 'user:runyard', 'first run', decode('$FIRST_KEY_DIGEST', 'hex'), '{submit}')"
}
drop_first_key() { # file
  rm -f "$1"
  psql_to "$(database_of runyard_app)" -X -q -c "DELETE FROM api_keys WHERE digest = decode('$FIRST_KEY_DIGEST', 'hex')"
}

first_run() {
  step 'first run'
  local key_file=$STAMP/first-key credentials=()
  if [[ $(setting_in_force auth) == required ]]; then
    make_first_key "$key_file"
    credentials=(-H "@$key_file")
  fi
  first_request "${credentials[@]}"
  if ((${#credentials[@]} > 0)); then drop_first_key "$key_file"; fi
}

first_request() { # further arguments of curl
  local answer=$LOG/first-run.json status deadline=$((SECONDS + 60)) body
  body=$(jq -n --arg code "$FIRST_PROGRAM" '{language: "python", code: $code}')
  # A fresh start needs a moment: the API connects, the worker warms its first sandbox.
  while :; do
    status=$(curl -s --noproxy '*' -m 40 -o "$answer" -w '%{http_code}' -H 'Content-Type: application/json' "$@" \
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
