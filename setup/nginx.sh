# shellcheck shell=bash
# Nginx's configuration from the templates in nginx/, checked before it is used.

configure_nginx() {
  local address port LISTEN_LINES=''
  local SOCKET=$RUN/api.sock GATEWAY_SOCKET=$RUN/gateway/live.sock PREFIX=''
  for address in $LISTEN; do
    # A machine without IPv6 refuses its addresses.
    [[ $address == '['* && ! -e /proc/net/if_inet6 ]] && continue
    for port in $PORT $MORE_PORTS; do LISTEN_LINES+="listen $address:$port; "; done
  done
  umask 022
  fill_in "$ROOT/nginx/runyard.conf" | replace_file "$NGINX/nginx.conf" 0644
  local file
  for file in "$ROOT"/nginx/*.inc; do
    fill_in "$file" | replace_file "$NGINX/${file##*/}" 0644
  done
  # The operator's own; never overwritten.
  [[ -e $NGINX/cors.conf ]] || replace_file "$NGINX/cors.conf" 0644 <"$ROOT/nginx/cors.conf"
  nginx_test >"$LOG/nginx-test.log" 2>&1 || {
    sed 's/^/  | /' "$LOG/nginx-test.log" >&2
    fail "Nginx refuses its configuration $NGINX/nginx.conf" "correct the file that it names, then run ./runyard up again"
  }
}
# With the rights that it will run with: it opens the ports, also those below 1024.
nginx_test() {
  setpriv --reuid "$SERVICE_USER" --regid "$SERVICE_USER" --clear-groups \
    --inh-caps=-all,+net_bind_service --ambient-caps=-all,+net_bind_service -- \
    nginx -e stderr -t -q -c "$NGINX/nginx.conf" -g 'daemon off;'
}

start_nginx() {
  step nginx
  configure_nginx
  local hash running
  hash=$(content_hash "$NGINX"/*.conf "$NGINX"/*.inc)
  running=$(service_pid nginx)
  if [[ -n $running ]] && ! stamped service-nginx "$hash"; then
    if stamped nginx-listen "$PORT $MORE_PORTS$LISTEN"; then
      sv hup "$SERVICES/nginx" >/dev/null
    else
      restart_service nginx
    fi
  fi
  add_service nginx
  if ! wait_for 30 port_answers; then
    show_log nginx
    fail "Nginx does not listen on port $PORT" "the whole log: ./runyard logs nginx"
  fi
  set_stamp service-nginx "$hash"
  set_stamp nginx-listen "$PORT $MORE_PORTS$LISTEN"
  step_done "$(site_url)"
}

# The address under which this machine reaches the site.
site_host() {
  local first=${LISTEN%% *}
  case $first in
    0.0.0.0 | '*' | 127.0.0.1 | '[::]' | '[::1]') printf 'localhost\n' ;;
    *) printf '%s\n' "$first" ;;
  esac
}
site_url() { printf 'http://%s:%s\n' "$(site_host)" "$PORT"; }
port_answers() { curl -s -o /dev/null --noproxy '*' -m 2 "$(site_url)/"; }

# Nobody else may hold a port of ours; our own Nginx may.
check_port() {
  local port
  # All of them before the first that is taken: what is no port is the more likely slip.
  for port in $PORT $MORE_PORTS; do
    [[ $port =~ ^[0-9]{1,5}$ ]] && ((10#$port > 0 && 10#$port < 65536)) ||
      fail "RUNYARD_PORT: $port is not a port" "use a number from 1 to 65535, or several with commas between them"
  done
  [[ -n $PORT ]] || fail "RUNYARD_PORT names no port" "use a number from 1 to 65535, or several with commas between them"
  for port in $PORT $MORE_PORTS; do check_one_port "$port"; done
}

check_one_port() { # port
  local port=$1 holders own
  holders=$(ss -H -ltnp "sport = :$port" 2>/dev/null || true)
  [[ -n $holders ]] || return 0
  own=$(service_pid nginx)
  [[ -n $own && $holders == *"pid=$own,"* ]] && return
  # What an earlier, killed supervisor left is ours too and will be ended.
  local pid
  for pid in $(processes_of "$SERVICES/nginx"); do [[ $holders == *"pid=$pid,"* ]] && return; done
  fail "port $port is taken by $(sed -n 's/.*users:((\(.*\)))$/\1/p' <<<"$holders" | head -n 1)" \
    "stop that program, or choose another port: RUNYARD_PORT=$((port + 1)) ./runyard up"
}
