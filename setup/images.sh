# shellcheck shell=bash
# The language images. docker/build-images.sh knows what is missing or changed; this decides when it runs.

IMAGES_SCRIPT=${RUNYARD_IMAGES_SCRIPT:-$ROOT/docker/build-images.sh}

language_folders() {
  local manifest
  for manifest in "$ROOT"/docker/languages/*/language.json; do
    [[ -f $manifest ]] && basename "$(dirname "$manifest")"
  done
}

images_hash() { content_hash "$ROOT/docker" "$(built_program agent runyard-agent)"; }

# Everything as it was built last, and still in the engine?
images_current() { # image...
  stamped images "$(images_hash)" || return 1
  local name
  for name in "$@"; do
    image_present "$name" || return 1
  done
}

image_present() { timeout "$DOCKER_TIMEOUT" docker image inspect "runyard/$1:latest" >/dev/null 2>&1; }

build_images_now() { # name... (all when none)
  RUNYARD_VAR=$VAR RUNYARD_AGENT=$(built_program agent runyard-agent) "$IMAGES_SCRIPT" "$@"
}
