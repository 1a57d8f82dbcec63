#!/usr/bin/env bash
# A site with an application and a login of its own, which has Runyard under /code/: auth_request says who somebody is. The
# API, the gateway and the worker behind it are those of the tests' stack.
source "$(dirname "$0")/support.sh"
STACK=${RUNYARD_TEST_STACK:?is not set: the state folder of a running stack}
# shellcheck source=/dev/null
STACK=$(source "$STACK/etc/stack.env" && printf '%s' "$RUN")
SITE=$WORK/site
INCLUDES=$SITE/runyard
PORT=18981
LISTEN=127.0.0.1
own=http://127.0.0.1:$PORT
code=$own/code
make_users
mkdir -p "$SITE" "$WORK/app/page/assets" "$WORK/app/docs" "$WORK/var/cache"
printf '<!doctype html><title>Runyard</title><script src="./assets/index.js"></script>\n' >"$WORK/app/page/index.html"
printf 'export {};\n' >"$WORK/app/page/assets/index.js"
printf '<!doctype html><title>Reference</title>\n' >"$WORK/app/docs/index.html"
install -m 0644 "$ROOT/fcgi-app/openapi.yaml" "$WORK/app/openapi.yaml"
check "the files for a prefix are written" sh "$ROOT/nginx/runyard-nginx-prefix" /code "$INCLUDES" "APP=$WORK/app" "VAR=$WORK/var" \
  "SOCKET=$STACK/api.sock" "GATEWAY_SOCKET=$STACK/gateway/live.sock"
check "none has a name left to be filled in" fails grep -rnE '@[A-Z_]+@' "$INCLUDES"
for wrong in code /code/ '/c de' '/a;b' //code; do
  check "no prefix: '$wrong'" bash -c "! sh '$ROOT/nginx/runyard-nginx-prefix' '$wrong' '$WORK/wrong' 2>'$WORK/said' && grep -q 'PREFIX: .*must be like /code' '$WORK/said'"
done
printf 'https://friend.example $http_origin;\n' >"$INCLUDES/cors.conf"

# The site: an application that says what it was sent, and a login that knows two people by their cookies.
cat >"$SITE/site.conf" <<CONF
pid $SITE/site.pid; error_log stderr error; events { }
http {
    access_log off; types { } default_type text/plain;
    client_body_temp_path $SITE/body; fastcgi_temp_path $SITE/fastcgi; proxy_temp_path $SITE/proxy; scgi_temp_path $SITE/scgi; uwsgi_temp_path $SITE/uwsgi;
    include $INCLUDES/runyard.http.inc;
    map \$cookie_session \$login { "secret-of-ann" ann; "secret-of-bob" bob; default ""; }
    server {
        listen 127.0.0.1:$PORT;
        client_max_body_size 1k;
        location = /login {
            internal;
            # Nginx holds it against the body of the request that asks.
            client_max_body_size 8m;
            proxy_pass http://unix:$SITE/login.sock:/;
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
        }
        location /code/ {
            auth_request /login;
            auth_request_set \$runyard_user \$upstream_http_x_user;
            include $INCLUDES/api.inc;
            include $INCLUDES/older.inc;
            include $INCLUDES/docs.inc;
            include $INCLUDES/page.inc;
        }
        location / { proxy_pass http://unix:$SITE/application.sock; }
    }
    server {
        listen unix:$SITE/login.sock;
        location / {
            if (\$login = "") { return 401 "sign in first"; }
            add_header X-User \$login;
            return 200;
        }
    }
    server {
        listen unix:$SITE/application.sock;
        location / { return 200 "application \$request_method \$request_uri"; }
        location = /missing { return 404 "the application's own 404"; }
    }
}
CONF
chown -R "$SERVICE_USER" "$SITE" "$WORK/var"
(cd "$SITE" && exec setpriv --reuid "$SERVICE_USER" --regid "$SERVICE_USER" --clear-groups nginx -e stderr -c "$SITE/site.conf" -g 'daemon off;') 2>"$WORK/nginx.log" &
trap 'kill %1; wait' EXIT
wait_for 30 port_answers || { cat "$WORK/nginx.log"; exit 1; }

ask() { curl -s -m 40 -o "$WORK/body" -D "$WORK/headers" -w '%{http_code}' "$@"; }
as() { # who, arguments of curl...
  local who=$1
  shift
  ask -H "Cookie: session=secret-of-$who" "$@"
}
body() { cat "$WORK/body"; }
header() { grep -i "^$1:" "$WORK/headers" | tr -d '\r' | cut -d' ' -f2-; }
owner_of() { psql -X -A -t -h "$STACK/pg" -U postgres -d runyard -c "select owner from executions where id = '$1'"; }
json='Content-Type: application/json'
program='{"language":"python","code":"print(6 * 7)"}'

check "the application is at its place" same "$(ask "$own/" >/dev/null; body)" 'application GET /'
check "also below /api/, which Runyard has elsewhere" same "$(ask "$own/api/v1/executions" >/dev/null; body)" 'application GET /api/v1/executions'
check "and at /health" same "$(ask "$own/health" >/dev/null; body)" 'application GET /health'
check "its errors are its own" same "$(ask "$own/missing") $(body)" "404 the application's own 404"
check "and so are its limits" same "$(head -c 2000 /dev/zero | ask --data-binary @- "$own/upload")" 413
check "with its own words" fails grep -q problem+json "$WORK/headers"

check "who is not signed in gets the site's 401" same "$(ask -H "$json" -d "$program" "$code/api/v1/executions")" 401
check "which is not the API's" fails grep -q problem+json "$WORK/headers"
check "also for the page" same "$(ask -H 'Accept: text/html' "$code/")" 401
for header in 'X-User: ann' 'X-Runyard-User: ann' 'RUNYARD_USER: ann' 'RUNYARD-USER: ann' 'Cookie: session=wrong'; do
  check "'$header' makes nobody of him" same "$(ask -H "$header" -H "$json" -d "$program" "$code/api/v1/executions")" 401
done

check "who is signed in runs a program" same "$(as ann -H "$json" -d "$program" "$code/api/v1/executions?wait=30") $(jq -r .stdout "$WORK/body")" '200 42'
check "which is his login's" same "$(owner_of "$(jq -r .execution_id "$WORK/body")")" user:ann
id=$(jq -r .execution_id "$WORK/body")
for type in text/plain application/json application/x-www-form-urlencoded; do
  check "a page of another site does nothing as her ($type)" same \
    "$(as ann -H 'Origin: https://evil.example' -H "Content-Type: $type" -d "$program" "$code/api/v1/executions") $(jq -r .status "$WORK/body")" '403 403'
done
check "nor one on another port, which has her cookie too" same "$(as ann -H "Origin: http://127.0.0.1:1$PORT" -H 'Content-Type: text/plain' -d "$program" "$code/v1/exec")" 403
check "nor one without an origin" same "$(as ann -H 'Sec-Fetch-Site: same-site' -H 'Content-Type: text/plain' -d "$program" "$code/v1/exec")" 403
check "the site's own page does" same "$(as ann -H "Origin: $own" -H "$json" -d "$program" "$code/api/v1/executions")" 202
check "one that cors.conf names may ask before without her cookie" same "$(ask -X OPTIONS -H 'Origin: https://friend.example' -H 'Access-Control-Request-Method: POST' "$code/api/v1/executions") $(header access-control-allow-origin)" \
  '204 https://friend.example'
check "and is told what it may read" same "$(as ann -H 'Origin: https://friend.example' -H "$json" -d "$program" "$code/api/v1/executions") $(header access-control-allow-origin)" \
  '202 https://friend.example'
check "and is found by the address that he was told" same "$(as ann -H "$json" -d "$program" "$code/api/v1/executions") $(header location)" \
  "202 /code/api/v1/executions/$(jq -r .execution_id "$WORK/body")"
check "there" same "$(as ann "$own$(header location)")" 200
check "he sees his own" same "$(as ann "$code/api/v1/executions/$id")" 200
for _ in 1 2 3 4; do as ann "$code/api/v1/executions/$id" >/dev/null; done
check "another does not, also when Nginx keeps the answer" same "$(as bob "$code/api/v1/executions/$id")" 404
check "not by calling himself so" same "$(as bob -H 'X-Runyard-User: ann' -H 'X-User: ann' "$code/api/v1/executions/$id")" 404
check "and his list is empty of it" fails grep -q "$id" <(as bob "$code/api/v1/executions?limit=100" >/dev/null; body)
check "events come under the prefix" bash -c "curl -s -m 20 -H 'Cookie: session=secret-of-ann' '$code/api/v1/executions/$id/events' | grep -q 42"
check "a live run works under the prefix" node "$ROOT/tests/setup/live_hello.mjs" "ws://127.0.0.1:$PORT/code/api/v1/live" '{"Cookie":"session=secret-of-ann"}'
check "but not for who is not signed in" fails node "$ROOT/tests/setup/live_hello.mjs" "ws://127.0.0.1:$PORT/code/api/v1/live" '{"X-Runyard-User":"ann"}'
check "an older interface works under the prefix" same "$(as ann "$code/languages")" 200
check "a large program is no matter of the application's limit" same \
  "$(as ann -H "$json" -d "{\"language\":\"python\",\"code\":\"#$(head -c 4000 /dev/zero | tr '\0' x)\\nprint(1)\"}" "$code/api/v1/executions?wait=30") $(jq -r .stdout "$WORK/body")" '200 1'
check "Runyard's errors are its own" same "$(as ann "$code/api/v1/executions/nothing") $(header content-type)" '404 application/problem+json'
check "also Nginx's under the prefix" same "$(as ann "$code/nothing") $(header content-type)" '404 application/problem+json'

check "the page is there" same "$(as ann -H 'Accept: text/html' "$code/") $(header content-type)" '200 text/html; charset=utf-8'
check "and its files" same "$(as ann "$code/assets/index.js") $(header content-type)" '200 application/javascript; charset=utf-8'
check "programs are told where everything is" same "$(as ann "$code/" >/dev/null; jq -r .api "$WORK/body")" /code/api/v1
check "the reference is there" same "$(as ann "$code/docs" >/dev/null; header location)" /code/docs/
check "with its page" same "$(as ann "$code/docs/")" 200
check "and the description" same "$(as ann "$code/api/v1/openapi.yaml")" 200

((FAILED_CHECKS == 0)) || cat "$WORK/nginx.log"
trap - EXIT
kill %1
wait
finish
