# shellcheck shell=bash
# The language images. docker/build-images.sh knows what is missing or changed; this decides when it runs.

# shellcheck source=docker/present.sh
source "$ROOT/docker/present.sh"
IMAGES_SCRIPT=${RUNYARD_IMAGES_SCRIPT:-$ROOT/docker/build-images.sh}

language_folders() {
  local manifest
  for manifest in "$ROOT"/docker/languages/*/language.json; do
    [[ -f $manifest ]] && basename "$(dirname "$manifest")"
  done
}

images_hash() { content_hash "$ROOT/docker" "$(built_program agent runyard-agent)"; }

# Everything as it was built last, and are those images still the ones in the engine? Somebody may have pruned them, or
# another stack with another agent has given the names to its own. What cannot be had here was not there then either.
images_current() {
  stamped images "$(images_hash)" && stamped images-present "$(images_present)"
}

image_present() { timeout "$DOCKER_TIMEOUT" docker image inspect "runyard/$1:latest" >/dev/null 2>&1; }

build_images_now() { # name... (all when none)
  mkdir -p "$STAMP"
  RUNYARD_VAR=$VAR RUNYARD_AGENT=$(built_program agent runyard-agent) RUNYARD_IMAGES_RECORD=$STAMP/images-present "$IMAGES_SCRIPT" "$@"
}
