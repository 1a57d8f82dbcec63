# shellcheck shell=bash
# Settings as programs that came before Runyard had them: a `.env` in the checkout, and names that begin with
# RUNNER_. Each stands for one of ours; where both are set they must agree.

OLDER_NAMES=(RUNNER_API_BINDADDRESS RUNNER_SANDBOX_TIMEOUTSECONDS RUNNER_SANDBOX_MEMORY RUNNER_DB_DSN RUNNER_WORKER_COUNT)

warn_unknown() { # name, where
  printf 'runyard: warning: %s: there is no setting %s; the known ones are %s\n' "$2" "$1" "${OLDER_NAMES[*]}" >&2
}

# Lines NAME=value, as a shell or docker compose reads them: `export` before, quotes around the value. Names of
# other software are left alone. What the environment says wins.
read_dotenv() { # file
  local file=$1 line key value
  [[ -r $file ]] || return 0
  while IFS= read -r line || [[ -n $line ]]; do
    line=${line%$'\r'}
    [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?(RUNNER_[A-Za-z0-9_]*|RUNYARD_[A-Z0-9_]+)=(.*)$ ]] || continue
    key=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
    if [[ $value =~ ^[[:space:]]*\"([^\"]*)\"[[:space:]]*(#.*)?$ || $value =~ ^[[:space:]]*\'([^\']*)\'[[:space:]]*(#.*)?$ ]]; then
      value=${BASH_REMATCH[1]}
    else
      value=${value%%[[:space:]]#*}
      value=${value#"${value%%[![:space:]]*}"}
      value=${value%"${value##*[![:space:]]}"}
    fi
    if [[ $key == RUNNER_* && " ${OLDER_NAMES[*]} " != *" $key "* ]]; then
      warn_unknown "$key" .env
      continue
    fi
    [[ -n ${!key:-} ]] || printf -v "$key" %s "$value"
  done <"$file"
}

# Of names in the environment only those that look like ours are warned of: build machines have RUNNER_* of
# their own.
warn_unknown_variables() {
  local name
  for name in $(compgen -v RUNNER_); do
    [[ $name =~ ^RUNNER_(API|SANDBOX|DB|WORKER)_ && " ${OLDER_NAMES[*]} " != *" $name "* ]] || continue
    warn_unknown "$name" 'the environment'
  done
}

same_setting() { # older name, our name, value
  local ours=${!2:-}
  [[ -z $ours || $ours == "$3" ]] || fail "$1 and $2 mean the same and have different values" "set one of them"
  printf -v "$2" %s "$3"
}

# Puts the older names' values into ours.
take_older_names() {
  local pair older
  warn_unknown_variables
  for pair in RUNNER_SANDBOX_TIMEOUTSECONDS=RUNYARD_SPEC_TIMEOUT_S RUNNER_SANDBOX_MEMORY=RUNYARD_SPEC_MEMORY \
    RUNNER_DB_DSN=RUNYARD_DB RUNNER_WORKER_COUNT=RUNYARD_SLOTS; do
    older=${pair%%=*}
    [[ -z ${!older:-} ]] || same_setting "$older" "${pair#*=}" "${!older}"
    # The programs know it too, and must not hear it twice.
    unset "$older"
  done
  take_bind_address
}

# "host:port"; without a host, as ":8080", it means all addresses.
take_bind_address() {
  [[ -n ${RUNNER_API_BINDADDRESS:-} ]] || return 0
  local address=$RUNNER_API_BINDADDRESS host port
  [[ $address =~ ^(.*):([0-9]+)$ ]] || fail "RUNNER_API_BINDADDRESS=$address is not of the form ADDRESS:PORT" "for example 127.0.0.1:8080, or :8080 for all addresses"
  host=${BASH_REMATCH[1]} port=${BASH_REMATCH[2]}
  [[ -n $host ]] || host='0.0.0.0 [::]'
  same_setting RUNNER_API_BINDADDRESS RUNYARD_LISTEN "$host"
  same_setting RUNNER_API_BINDADDRESS RUNYARD_PORT "$port"
  unset RUNNER_API_BINDADDRESS
}

# Our settings of the programs that ./runyard passes on, as lines of their configuration.
passed_settings() { # names...
  local name variable
  for name in "$@"; do
    variable=RUNYARD_${name^^}
    [[ -z ${!variable:-} ]] || printf '%s = %s\n' "$name" "${!variable}"
  done
}
