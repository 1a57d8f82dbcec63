# shellcheck shell=bash
# psql for a connection string that may hold a password. Everybody on the machine may read a program's
# arguments, but not its environment: the password goes there.

# Splits a connection string, a URI or a list of key=value, into CONNINFO and DB_PASSWORD (empty: it has none).
# Fails when it is neither of them and no name of a database.
split_password() { # connection string
  DB_PASSWORD=
  CONNINFO=$1
  case $1 in
    postgres://* | postgresql://*) split_uri ;;
    *=*) split_pairs ;;
  esac
}

split_uri() {
  local escaped=
  if [[ $CONNINFO =~ ^([a-z]+://[^:@/]*):([^@/]*)(@.*)$ ]]; then
    escaped=${BASH_REMATCH[2]}
    CONNINFO=${BASH_REMATCH[1]}${BASH_REMATCH[3]}
  fi
  # The last one counts, as libpq has it.
  while [[ $CONNINFO =~ ^(.*[?&])password=([^&]*)\&?(.*)$ ]]; do
    [[ -n $escaped ]] || escaped=${BASH_REMATCH[2]}
    CONNINFO=${BASH_REMATCH[1]}${BASH_REMATCH[3]}
  done
  CONNINFO=${CONNINFO%[?&]}
  escaped=${escaped//\\/\\\\}
  printf -v DB_PASSWORD %b "${escaped//%/\\x}"
}

split_pairs() {
  local rest=$CONNINFO kept='' value
  local pair="^[[:space:]]*([^=[:space:]]+)[[:space:]]*=[[:space:]]*('([^'\\\\]|\\\\.)*'|([^'[:space:]\\\\]|\\\\.)([^[:space:]\\\\]|\\\\.)*|)([[:space:]].*|)\$"
  while [[ $rest =~ [^[:space:]] ]]; do
    [[ $rest =~ $pair ]] || return 1
    rest=${BASH_REMATCH[6]}
    value=${BASH_REMATCH[2]}
    if [[ ${BASH_REMATCH[1]} != password ]]; then
      kept+="${BASH_REMATCH[1]}=$value "
      continue
    fi
    if [[ $value == \'* ]]; then value=${value:1:-1}; fi
    DB_PASSWORD=
    while [[ $value =~ ^([^\\]*)\\(.)(.*)$ ]]; do
      DB_PASSWORD+=${BASH_REMATCH[1]}${BASH_REMATCH[2]}
      value=${BASH_REMATCH[3]}
    done
    DB_PASSWORD+=$value
  done
  CONNINFO=${kept% }
}

psql_to() { # connection string, arguments of psql...
  local CONNINFO DB_PASSWORD
  if ! split_password "$1"; then
    echo 'the connection string is neither a URI nor a list of key=value' >&2
    return 2
  fi
  shift
  PGPASSWORD=${DB_PASSWORD:-${PGPASSWORD:-}} psql -d "$CONNINFO" "$@"
}
