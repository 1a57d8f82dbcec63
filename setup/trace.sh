# shellcheck shell=bash
# ./runyard trace ID: the story of one execution, out of all logs of this machine and the database, by time.

command_trace() { # execution
  local id=${1:-}
  id=${id,,}
  if (($# != 1)) || [[ ! $id =~ ^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$ ]]; then
    printf 'runyard: trace takes the id of one execution, like 01920000-0000-7000-8000-000000000000\n' >&2
    exit 2
  fi
  need_root trace "$id"
  read_running_settings
  local lines
  lines=$({ trace_logs "$id"; trace_database "$id"; } | sort -s -k1,1)
  if [[ -z $lines ]]; then
    printf 'runyard: neither the logs nor the database know of %s\n' "$id" >&2
    exit 1
  fi
  printf '%s\n' "$lines" | for_terminal
}

# The log files of a service, also those that svlogd has put aside.
log_files() { # service
  find "$LOG/$1" -maxdepth 1 -type f \( -name current -o -name '@*' \) 2>/dev/null
}

# Every line that names the execution, or the request that brought it.
trace_logs() { # execution
  local words=$1 requests service files line
  for service in api gateway worker nginx postgres; do
    mapfile -t files < <(log_files "$service")
    ((${#files[@]} > 0)) || continue
    # Request ids as the API takes them, which a client may choose: looked for as what they are.
    requests=$({ grep -hF -- "$1" "${files[@]}" || true; } | sed -nE 's/.* (request=[A-Za-z0-9._-]{8,64})( .*)?$/\1/p' | sort -u)
    [[ -z $requests ]] || words+=$'\n'$requests
  done
  for service in api gateway worker nginx postgres; do
    mapfile -t files < <(log_files "$service")
    ((${#files[@]} > 0)) || continue
    { grep -hwF -- "$words" "${files[@]}" || true; } | while IFS= read -r line; do trace_line "$service" "$line"; done
  done
}

# A line with its time in front, in one form and in UTC, whoever wrote it.
trace_line() { # service, line
  local time
  if [[ $2 =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z\  ]]; then
    printf '%s\n' "$2"
  elif [[ $2 =~ ^([0-9-]{10})_([0-9:]{8}\.[0-9]{3})[0-9]*\ (.*)$ ]]; then # svlogd -tt
    printf '%sT%sZ program=%s %s\n' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "$1" "${BASH_REMATCH[3]}"
  elif [[ $2 =~ ^([0-9]{4})/([0-9]{2})/([0-9]{2})\ ([0-9:]{8})\ (.*)$ ]]; then # Nginx, in this machine's time
    time=$(date -u -d "${BASH_REMATCH[1]}-${BASH_REMATCH[2]}-${BASH_REMATCH[3]} ${BASH_REMATCH[4]}" +%FT%T.000Z) || return 0
    printf '%s program=%s %s\n' "$time" "$1" "${BASH_REMATCH[5]}"
  else
    printf -- '- program=%s %s\n' "$1" "$2"
  fi
}

# What the database knows of it, as lines of the same form. No code and no output of it.
trace_database() { # execution
  PGCONNECT_TIMEOUT=5 psql_to "$(database_of runyard_owner)" -X -q -A -t -v ON_ERROR_STOP=1 -v "id=$1" 2>"$LOG/psql.log" <<'SQL' ||
select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || ' program=database ' || what
from (
  select created_at as at,
         format('event="created" execution=%s owner="%s" language=%s version=%s origin=%s', id, owner, language, version, origin) as what
  from executions where id = :'id'::uuid
  union all
  select coalesce(claimed_at, queued_at),
         format('event="%s" execution=%s attempt=%s worker=%s lease_until=%s cancelled=%s',
                case when worker is null then 'waits' else 'claimed' end, id, attempt, worker, lease_until, cancelled)
  from queue where id = :'id'::uuid
  union all
  select started_at, format('event="attempt begun" execution=%s attempt=%s worker=%s', execution_id, attempt, worker)
  from results where execution_id = :'id'::uuid and started_at is not null
  union all
  select finished_at,
         format('event="result recorded" execution=%s attempt=%s status=%s reason=%s queue_ms=%s wall_ms=%s', execution_id, attempt,
                status, reason, queue_ms, wall_ms)
  from results where execution_id = :'id'::uuid
  union all
  select created_at, format('event="webhook queued" execution=%s webhook=%s origin=%s state=%s', execution_id, id, origin, state)
  from webhooks where execution_id = :'id'::uuid
  union all
  select a.at, format('event="webhook attempt" execution=%s webhook=%s attempt=%s status=%s', h.execution_id, h.id, a.attempt, a.status)
  from webhook_attempts a join webhooks h on h.id = a.webhook_id
  where h.execution_id = :'id'::uuid
) as story
order by at
SQL
    printf -- '- program=database the database is away: %s\n' "$(head -n 1 "$LOG/psql.log")"
}
