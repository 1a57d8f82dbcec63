#!/usr/bin/env bash
# An existing site that includes Runyard's part of the configuration: what is served as files works there too, and the
# site's own pages stay its own.
source "$(dirname "$0")/support.sh"
PORT=18977
LISTEN=127.0.0.1
make_users
make_folders
mkdir -p "$APP/docs"
install -m 0644 "$ROOT/fcgi-app/openapi.yaml" "$APP/openapi.yaml"
install -m 0644 "$ROOT/web/docs/index.html" "$ROOT/web/docs/docs.js" "$APP/docs/"
configure_nginx

server() { # port, what stands in it
  printf 'server { listen 127.0.0.1:%s; server_name site.example; include %s/runyard.inc; %s location / { return 200 "the site"; } }\n' "$1" "$NGINX" "$2"
}
{
  printf 'pid %s/site.pid; error_log stderr error; events { }\n' "$NGINX"
  printf 'http { access_log off; types { } default_type text/plain; include %s/runyard.http.inc;\n' "$NGINX"
  for kind in client_body fastcgi proxy scgi uwsgi; do printf '%s_temp_path %s/%s-site;\n' "$kind" "$NGINX" "$kind"; done
  server 18977 'location /docs { return 200 "own pages"; }'
  server 18979 "include $NGINX/docs.inc;"
  printf '}\n'
} >"$NGINX/site.conf"
(cd "$NGINX" && exec setpriv --reuid "$SERVICE_USER" --regid "$SERVICE_USER" --clear-groups nginx -e stderr -c "$NGINX/site.conf" -g 'daemon off;') 2>"$WORK/nginx.log" &
trap 'kill %1; wait' EXIT
wait_for 30 port_answers || { cat "$WORK/nginx.log"; exit 1; }

ask() { curl -s -m 10 -o "$WORK/body" -D "$WORK/headers" -w '%{http_code} %{content_type}' "$@"; }
header() { grep -i "^$1:" "$WORK/headers" | tr -d '\r' | cut -d' ' -f2-; }
own=http://127.0.0.1:18977
with_docs=http://127.0.0.1:18979

check "the description is served, while the API is away" same "$(ask "$own/api/v1/openapi.yaml")" '200 application/yaml'
check "as it is" cmp "$WORK/body" "$ROOT/fcgi-app/openapi.yaml"
check "what an earlier answer had is not sent again" same "$(ask -H "If-None-Match: $(header etag)" "$own/api/v1/openapi.yaml")" '304 '
check "a site's own /docs stays" same "$(ask "$own/docs/" >/dev/null; cat "$WORK/body")" 'own pages'
check "as do its other pages" same "$(ask "$own/" >/dev/null; cat "$WORK/body")" 'the site'
check "a site that includes docs.inc has the reference" same "$(ask "$with_docs/docs/")" '200 text/html; charset=utf-8'
check "with a policy that allows nothing but this server's files" same "$(header content-security-policy)" \
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
check "and finds the way there without the slash" same "$(ask "$with_docs/docs" >/dev/null; header location)" /docs/
check "scripts are scripts" same "$(ask "$with_docs/docs/docs.js")" '200 application/javascript; charset=utf-8'
check "and come packed to those who can unpack" same "$(ask -H 'Accept-Encoding: gzip' "$with_docs/docs/docs.js" >/dev/null; header content-encoding)" gzip
check "what is not there is 404 in JSON" same "$(ask "$with_docs/docs/nothing")" '404 application/problem+json'
check "nothing beside the folder is served" same "$(ask --path-as-is "$with_docs/docs/../openapi.yaml" >/dev/null; cat "$WORK/body")" 'the site'
check "nor by an encoded slash" bash -c "[[ '$(ask --path-as-is "$with_docs/docs/..%2fopenapi.yaml")' == 4* || '$(cat "$WORK/body")' == 'the site' ]]"

trap - EXIT
kill %1
wait
finish
