# shellcheck shell=bash
# ./runyard package: Debian packages of what this checkout builds.

command_package() {
  (($# == 0)) || fail "package takes no arguments" "./runyard package"
  need_root package
  take_lock
  install_packages build
  build release
  mkdir -p "$LOG"
  build_pages
  step package
  run_logged "$LOG/package.log" "read the log" pack "$BUILD"
  step_done "in $BUILD/package"
  ls "$BUILD/package"/*.deb
}

# The page's files are installed from where build_pages left them.
pack() { # build folder
  cd "$1" || return
  rm -f package/*.deb
  cpack --config CPackConfig.cmake -B package
}
