# shellcheck shell=bash
# What npm brings: the page /docs, and the libraries of the tests that node runs. The lock files pin each archive
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

# Leaves the folder with the page's files in DOCS.
build_docs() {
  step docs
  DOCS=$ROOT/build/docs
  local hash
  hash=$(content_hash "$ROOT/web/docs")
  if [[ -f $DOCS.hash && $(<"$DOCS.hash") == "$hash" && -d $DOCS ]]; then
    step_done "the page /docs is unchanged"
    return
  fi
  rm -f "$DOCS.hash"
  # Programs run without the page: a machine that cannot reach npm still gets a service.
  if ! (build_page "$ROOT/web/docs" "$DOCS") >"$LOG/docs.log" 2>&1; then
    note "npm did not bring the page /docs, which stays as it was: $LOG/docs.log"
    step_done "not built; ./runyard up tries again"
    return
  fi
  printf '%s\n' "$hash" >"$DOCS.hash"
  step_done "the page /docs is built"
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
