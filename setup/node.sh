# shellcheck shell=bash
# What npm brings: the page at /, its reference at /docs, and the libraries of the tests that node runs. The lock files pin each archive
# by its hash, and no package's script is run.

# Fetches what a folder's package-lock.json names into its node_modules; quick when the cache has it.
npm_ci() { # folder
  cd "$1" || return
  # A proxy that signs with an authority of its own is trusted as curl trusts it.
  NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt} \
    npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --prefer-offline --cache "$VAR/npm"
}

# Each step says by itself that it failed: called in a condition, errexit is off. A page that was built before
# stays until the new one is whole.
build_page() { # sources, output
  npm_ci "$1" || return
  rm -rf "$2.new"
  mkdir -p "$(dirname "$2")"
  node "$1/build.mjs" "$2.new" || return
  rm -rf "$2"
  mv "$2.new" "$2"
}

# Leaves the folders with the files of the reference and of the page in DOCS and PAGE.
build_pages() {
  step pages
  DOCS=$ROOT/build/docs
  PAGE=$ROOT/build/page
  local missing=()
  build_unless_current docs "$ROOT/web/docs" "$DOCS" || missing+=(/docs)
  build_unless_current page "$ROOT/web/app" "$PAGE" || missing+=(/)
  if ((${#missing[@]} > 0)); then
    # Programs run without them: a machine that cannot reach npm still gets a service.
    note "npm did not bring ${missing[*]}, which stays as it was: $LOG/docs.log, $LOG/page.log"
    step_done "not all built; ./runyard up tries again"
  else
    step_done "the page and its reference are built"
  fi
}

build_unless_current() { # log's name, sources, output
  local hash
  hash=$(content_hash "$2")
  [[ -f $3.hash && $(<"$3.hash") == "$hash" && -d $3 ]] && return
  rm -f "$3.hash"
  note "building $(realpath --relative-to="$ROOT" "$2")"
  (build_page "$2" "$3") >"$LOG/$1.log" 2>&1 || return
  printf '%s\n' "$hash" >"$3.hash"
}

# The libraries of tests/*.mjs.
install_test_libraries() {
  step npm
  local hash
  hash=$(content_hash "$ROOT/tests/package.json" "$ROOT/tests/package-lock.json")
  if stamped test-libraries "$hash" && [[ -d $ROOT/tests/node_modules ]]; then
    step_done "the tests' libraries are there"
    return
  fi
  run_logged "$LOG/npm.log" "can this machine reach its npm registry? (npm config get registry)" npm_ci "$ROOT/tests"
  set_stamp test-libraries "$hash"
  step_done "the tests' libraries are installed"
}
