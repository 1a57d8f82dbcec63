# shellcheck shell=bash
# Compiles a CMake preset, unless exactly these sources were compiled before.

BUILD_INPUTS=(CMakeLists.txt CMakePresets.json cmake core admin agent fcgi-app worker gateway cli)

build_hash() { # preset
  local inputs=("${BUILD_INPUTS[@]}")
  [[ $1 == release ]] || inputs+=(tests)
  # The compiler and the libraries count as well: after their upgrade everything is built anew.
  {
    content_hash "${inputs[@]/#/$ROOT/}"
    c++ --version
    dpkg-query -W -f '${Package} ${Version}\n' libc6 libpqxx-dev libspdlog-dev libfcgi-dev libboost-dev 2>/dev/null || true
  } | sha256sum | cut -d' ' -f1
}

# Leaves the folder with the programs in BUILD.
build() { # preset
  step build
  BUILD=$ROOT/build/$1
  if [[ -n ${RUNYARD_BIN:-} ]]; then
    BUILD=$RUNYARD_BIN
    step_done "ready programs from $RUNYARD_BIN"
    return
  fi
  local hash jobs advice
  hash=$(build_hash "$1")
  if [[ -f $BUILD/.runyard-built && $(<"$BUILD/.runyard-built") == "$hash" ]]; then
    step_done "$1 is unchanged"
    return
  fi
  # A compiler process takes up to 1 GiB here.
  jobs=$(($(awk '/MemAvailable/ {print $2}' /proc/meminfo) / 1000000))
  ((jobs < $(nproc))) || jobs=$(nproc)
  ((jobs > 0)) || jobs=1
  advice="look at the first error in $LOG/build-$1.log; rm -r $BUILD starts afresh"
  rm -f "$BUILD/.runyard-built"
  run_logged "$LOG/build-$1.log" "$advice" build_preset "$1" "$jobs"
  printf '%s\n' "$hash" >"$BUILD/.runyard-built"
  step_done "$1 built, $jobs at a time"
}

build_preset() { # preset, jobs
  cd "$ROOT"
  local launcher=()
  command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  # What one checkout compiled serves the next one, wherever it stands.
  export CCACHE_BASEDIR=$ROOT CCACHE_NOHASHDIR=1
  cmake --preset "$1" "${launcher[@]}"
  cmake --build --preset "$1" -j "$2"
}

# Prints where a program was built; RUNYARD_BIN may be flat.
built_program() { # folder in the tree, name
  if [[ -x $BUILD/$1/$2 ]]; then
    printf '%s\n' "$BUILD/$1/$2"
  else
    printf '%s\n' "$BUILD/$2"
  fi
}
