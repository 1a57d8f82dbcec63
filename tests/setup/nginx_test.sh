#!/usr/bin/env bash
# Nginx with the real configuration and no API behind it: every answer is JSON, limits hold.
source "$(dirname "$0")/support.sh"
PORT=18977
MORE_PORTS=18978
LISTEN=127.0.0.1
URL=http://127.0.0.1:$PORT
make_users
make_folders
mkdir -p "$APP/page/assets" "$APP/page/socket.io"
printf '<!doctype html><title>The page</title>\n' >"$APP/page/index.html"
printf 'export {};\n' | tee "$APP/page/assets/index-abc.js" >"$APP/page/socket.io/socket.io.js"
configure_nginx
printf 'https://allowed.example $http_origin;\n' >"$NGINX/cors.conf"
(cd "$NGINX" && exec setpriv --reuid "$SERVICE_USER" --regid "$SERVICE_USER" --clear-groups nginx -e stderr -c "$NGINX/nginx.conf" -g 'daemon off;') 2>"$WORK/nginx.log" &
trap 'kill %1; wait' EXIT
wait_for 30 port_answers || { cat "$WORK/nginx.log"; exit 1; }

# Asks with these arguments of curl; the answer must have this status, and be a problem in JSON that says so.
problem() { # status, arguments...
  local wanted=$1 status
  shift
  status=$(curl -s -m 10 -o "$WORK/body" -D "$WORK/headers" -w '%{http_code} %{content_type}' "$@")
  cat "$WORK/headers" "$WORK/body"
  same "$status" "$wanted application/problem+json" &&
    same "$(jq -r '"\(.status) \(.title | length > 3) \(.detail | length > 10)"' "$WORK/body")" "$wanted true true" &&
    grep -qi '^x-request-id: .' "$WORK/headers" && grep -qi '^x-content-type-options: nosniff' "$WORK/headers"
}
# The same in the form of an older interface: one text under this name.
older() { # status, name, arguments...
  local wanted=$1 name=$2 status
  shift 2
  status=$(curl -s -m 10 -o "$WORK/body" -D "$WORK/headers" -w '%{http_code} %{content_type}' "$@")
  cat "$WORK/headers" "$WORK/body"
  same "$status" "$wanted application/json" && same "$(jq -r "keys == [\"$name\"] and (.$name | length > 10)" "$WORK/body")" true
}
raw() { # status, request line and headers
  exec 3<>"/dev/tcp/127.0.0.1/$PORT"
  printf '%b' "$2" >&3
  timeout 5 cat <&3 >"$WORK/raw"
  exec 3>&-
  cat "$WORK/raw"
  grep -q "^HTTP/1.1 $1 " "$WORK/raw" && grep -q '^Content-Type: application/problem+json' "$WORK/raw" && ! grep -qi '<html' "$WORK/raw"
}
header() { grep -i "^$1:" "$WORK/headers" | tr -d '\r' | cut -d' ' -f2-; }

long=$(printf 'a%.0s' {1..9000})
check "an API that is away is 503 in JSON" problem 503 "$URL/api/v1/executions"
check "and says when to come again" same "$(header retry-after)" 1
check "and is no page that could load anything" same "$(header content-security-policy)" "default-src 'none'; frame-ancestors 'none'"
check "the same for one execution" problem 503 "$URL/api/v1/executions/01920000-0000-7000-8000-000000000000"
check "the same for health" problem 503 "$URL/health"
check "the same for metrics, which are the API's to refuse" problem 503 "$URL/metrics"
check "an unknown path is 404" problem 404 "$URL/index.php"
check "a body over the limit is 413" problem 413 -H 'Expect:' --data-binary "@$(head -c 9000000 /dev/zero >"$WORK/big"; printf %s "$WORK/big")" "$URL/api/v1/executions"
check "a long request line is 414" problem 414 "$URL/$long"
check "a long header is 431" problem 431 -H "X-Long: $long" "$URL/api/v1/executions"
check "a request that is not HTTP is 400" raw 400 'HELLO\r\n\r\n'
check "an unknown HTTP version is 400" raw 400 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'
check "an unknown transfer coding is 400" raw 400 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: zip\r\n\r\n'
check "a request without a host is 400" raw 400 'GET / HTTP/1.1\r\n\r\n'
check "an unknown method at the front page is refused" problem 405 -X TRACE "$URL/api/v1/executions"
check "an error page's own path cannot be asked for" problem 404 "$URL/_runyard/503"

curl -s -D "$WORK/headers" -o "$WORK/body" -H 'X-Request-Id: caller-1' "$URL/"
check "a caller's request id is kept" same "$(header x-request-id)" caller-1
curl -s -D "$WORK/headers" -o "$WORK/body" -H 'X-Request-Id: a b"c' "$URL/"
check "an unfit request id is replaced" bash -c "[[ '$(header x-request-id)' =~ ^[0-9a-f]{32}\$ ]]"
check "the server tells no version" same "$(header server)" nginx

curl -s -X OPTIONS -D "$WORK/headers" -o /dev/null -H 'Origin: https://allowed.example' "$URL/api/v1/executions"
check "a preflight of an allowed origin is answered" same "$(header access-control-allow-origin)" https://allowed.example
curl -s -D "$WORK/headers" -o /dev/null -H 'Origin: https://other.example' "$URL/api/v1/executions"
check "another origin is allowed nothing" same "$(header access-control-allow-origin)" ""

check "and is answered by the API alone, also below /v1/" older 503 error -X OPTIONS -H 'Origin: https://other.example' "$URL/v1/exec"
check "where Nginx lets no page of another origin read" same "$(header access-control-allow-origin)" ""
check "an allowed one may read what Nginx says itself" older 503 error -H 'Origin: https://allowed.example' "$URL/v1/spec"
check "as that origin" same "$(header access-control-allow-origin)" https://allowed.example
check "and a cache in between keeps them apart" same "$(header vary)" Origin
for path in /execute /execute/ /languages /languages/ /api/submit /api/result/x; do
  check "$path goes to the API, and an error has the form that its clients read" older 503 error "$URL$path"
done
check "as on the learning platform" older 503 detail "$URL/api/v1/code/history"
for path in /health/ /ready/; do check "$path goes to the API" problem 503 "$URL$path"; done
check "a body over the limit is 413 in that form" older 413 error -H 'Expect:' --data-binary "@$WORK/big" "$URL/v1/exec"
check "and on the learning platform in its own" older 413 detail -H 'Expect:' --data-binary "@$WORK/big" "$URL/api/v1/code/execute"
check "every port has all routes" older 503 error "http://127.0.0.1:18978/v1/spec"
check "a program gets JSON at the front page" same "$(curl -s -H 'Accept: application/json' "$URL/" | jq -r .api)" /api/v1

page() { curl -s -m 10 -D "$WORK/headers" -o "$WORK/body" -w '%{http_code} %{content_type}' -H 'Accept: text/html,*/*;q=0.8' "$@"; }
check "a browser gets the page" same "$(page "$URL/") $(cat "$WORK/body")" '200 text/html; charset=utf-8 <!doctype html><title>The page</title>'
page "$URL/" >/dev/null
check "which may load and ask nothing but this server" same "$(header content-security-policy)" \
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
check "and is never taken for something else" same "$(header x-content-type-options)" nosniff
check "its scripts are scripts" same "$(page "$URL/assets/index-abc.js")" '200 application/javascript; charset=utf-8'
page "$URL/assets/index-abc.js" >/dev/null
check "and are kept" same "$(header cache-control)" 'public, max-age=31536000, immutable'
check "what the page does not have is 404 in JSON" problem 404 "$URL/assets/nothing.js"
check "nothing beside its folder is served" problem 400 --path-as-is "$URL/assets/..%2f..%2fopenapi.yaml"

check "a gateway that is away is 503 in JSON" problem 503 -H 'Connection: Upgrade' -H 'Upgrade: websocket' "$URL/api/v1/live"
check "the same for Socket.IO" problem 503 "$URL/socket.io/?EIO=4&transport=polling"
check "whose client is served all the same" same "$(page "$URL/socket.io/socket.io.js")" '200 application/javascript'

# A gateway that shows what it is told of a client.
server='const s = require("net").createServer((c) => c.once("data", (d) => c.end("HTTP/1.1 200 OK\r\nContent-Length: " + d.length + "\r\nConnection: close\r\n\r\n" + d))); s.listen(process.argv[1]);'
mkdir -p "$RUN/gateway"
node -e "$server" "$RUN/gateway/live.sock" &
gateway=$!
wait_for 30 test -S "$RUN/gateway/live.sock"
chmod 777 "$RUN/gateway/live.sock"
curl -s -m 10 -o "$WORK/told" -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'X-Real-IP: 6.6.6.6' -H 'X-Runyard-User: root' \
  -H 'X-Forwarded-For: 6.6.6.6' -H 'Origin: http://page.example' "$URL/api/v1/live"
told() { grep -i "^$1:" "$WORK/told" | tr -d '\r' | cut -d' ' -f2-; }
check "the gateway learns the client's address from Nginx alone" same "$(told x-real-ip)$(told x-forwarded-for)" 127.0.0.1
check "and its user" same "$(told x-runyard-user)" ""
check "the upgrade is passed on" same "$(told connection) $(told upgrade)" 'upgrade websocket'
check "as are the page's origin and the host that the client named" same "$(told origin) $(told host)" "http://page.example 127.0.0.1:$PORT"
check "and what Nginx made of both" same "$(told x-runyard-host)$(told x-runyard-origin)" 127.0.0.1
curl -s -m 10 -o "$WORK/told" -H 'X-Runyard-Host: localhost' -H 'X-Runyard-Origin: https://allowed.example' -H 'Origin: https://allowed.example' \
  -H 'Host: evil.example' "$URL/api/v1/live"
check "which no client says" same "$(told x-runyard-host) $(told x-runyard-origin)" 'evil.example https://allowed.example'
kill "$gateway"

# An API that keeps what it is told, and hangs up.
keep='require("net").createServer((c) => c.once("data", (d) => { require("fs").writeFileSync(process.argv[2], d); c.destroy(); })).listen(process.argv[1]);'
node -e "$keep" "$RUN/api.sock" "$WORK/told" &
api=$!
wait_for 30 test -S "$RUN/api.sock"
chmod 777 "$RUN/api.sock"
curl -s -m 10 -o /dev/null -H 'X-Real-IP: 6.6.6.6' -H 'Remote-Addr: 6.6.6.6' -H 'Runyard-User: root' -H 'Proxy: http://6.6.6.6' \
  -H 'X-Request-Id: a b"c' "$URL/api/v1/executions"
told_api() { grep -aqP "$1" "$WORK/told"; } # of parameters, each a name with its value behind it
check "the API learns the client's address from Nginx alone" told_api '(?<!_)REMOTE_ADDR127\.0\.0\.1'
check "and which host was asked for" told_api '(?<!HTTP_)RUNYARD_HOST127\.0\.0\.1'
check "and its user" fails told_api '(?<!HTTP_)RUNYARD_USER.?root'
check "a client chooses no proxy for it (CVE-2016-5385)" fails told_api 'HTTP_PROXYhttp'
check "nor an id that could stand for two lines of its log" told_api 'HTTP_X_REQUEST_ID[0-9a-f]{32}'
kill "$api"

low_port() { (MORE_PORTS=81 configure_nginx) && grep -q 'listen 127.0.0.1:81;' "$NGINX/nginx.conf"; }
check "a port below 1024 can be one of them" low_port

trap - EXIT
kill %1
wait
finish
