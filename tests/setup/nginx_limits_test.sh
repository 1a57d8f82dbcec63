#!/usr/bin/env bash
# What one address may ask for, and how slowly: in a site behind a proxy of this machine, which passes its clients' addresses.
source "$(dirname "$0")/support.sh"
PORT=18977
LISTEN=127.0.0.1
URL=http://127.0.0.1:$PORT
make_users
make_folders
install -m 0644 "$ROOT/fcgi-app/openapi.yaml" "$APP/openapi.yaml"
configure_nginx
{
  printf 'pid %s/site.pid; error_log stderr error; events { worker_connections 1024; }\n' "$NGINX"
  printf 'http { access_log off; types { } default_type text/plain; include %s/runyard.http.inc;\n' "$NGINX"
  for kind in client_body fastcgi proxy scgi uwsgi; do printf '%s_temp_path %s/%s-site;\n' "$kind" "$NGINX" "$kind"; done
  printf 'server { listen 127.0.0.1:%s; set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For; include %s/runyard.inc; location / { return 200; } }\n}\n' \
    "$PORT" "$NGINX"
} >"$NGINX/site.conf"
(cd "$NGINX" && exec setpriv --reuid "$SERVICE_USER" --regid "$SERVICE_USER" --clear-groups nginx -e stderr -c "$NGINX/site.conf" -g 'daemon off;') 2>"$WORK/nginx.log" &
site=$!
# An API that takes what it is asked and says nothing.
node -e 'require("net").createServer(() => {}).listen(process.argv[1])' "$RUN/api.sock" &
api=$!
trap 'kill $site $api; wait' EXIT
wait_for 30 port_answers || { cat "$WORK/nginx.log"; exit 1; }
wait_for 30 test -S "$RUN/api.sock"
chmod 777 "$RUN/api.sock"

# Begins a request, and sends nothing more; what comes until Nginx hangs up. Without limits of ours that would be a minute.
slow() { # name, what is sent
  exec 3<>"/dev/tcp/127.0.0.1/$PORT"
  printf '%b' "$2" >&3
  timeout 40 cat <&3 >"$WORK/slow-$1"
}
slow headers 'GET /api/v1/languages HTTP/1.1\r\nHost: x\r\nX-Slow: ' &
headers=$!
slow body 'POST /api/v1/executions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{' &
body=$!

# As many requests as fit into a moment; the statuses that there were.
flood() { curl -s -o /dev/null -w '%{http_code}\n' -H "X-Forwarded-For: $1" "$URL/api/v1/openapi.yaml?[1-2000]" | sort -u | tr '\n' ' '; }
ask() { curl -s -m 10 -o "$WORK/body" -w '%{http_code} %{content_type}' -H "X-Forwarded-For: $1" "$URL/api/v1/openapi.yaml"; }
check "an address that floods is refused part of it" same "$(flood 192.0.2.1)" '200 429 '
check "for its rate" grep -q 'limiting requests.*runyard_requests.*192.0.2.1' "$WORK/nginx.log"
check "while another has what it asks for" same "$(ask 192.0.2.2)" '200 application/yaml'
check "and this machine's own requests are not counted" same "$(flood 127.0.0.1)" '200 '

# So many at once as the rate lets pass, one more than may be under way; prints the first answer.
first_answer() {
  timeout 20 node -e '
    const net = require("net");
    for (let i = 0; i < 201; ++i)
      net.connect(process.argv[1], "127.0.0.1", function () {
        this.write("GET /api/v1/languages HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.3\r\n\r\n");
      }).once("data", (bytes) => { console.log(String(bytes).split("\r\n")[0]); process.exit(); });' "$PORT"
}
check "an address holds so many connections and no more" same "$(first_answer)" 'HTTP/1.1 429 Too Many Requests'
check "for their number" grep -q 'limiting connections.*runyard_connections.*192.0.2.3' "$WORK/nginx.log"
has_place() { same "$(ask 192.0.2.3)" '200 application/yaml'; }
check "and has its place again when it hangs up" wait_for 10 has_place

check "who sends headers without end is hung up on" wait "$headers"
check "without an answer" test ! -s "$WORK/slow-headers"
check "as is who sends a body without end" wait "$body"

trap - EXIT
kill "$site" "$api"
wait
finish
