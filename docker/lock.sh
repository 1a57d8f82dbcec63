# shellcheck shell=bash disable=SC2154
# Sourced by build-images.sh. Tags belong to the engine, so one builder at a time on this machine, whatever stack or
# checkout it is for: two at once would remove each other's images.

images_lock() { # prints the file: with the locks of the workers; who may not write there has the one of his own state
  if [[ -n ${RUNYARD_IMAGES_LOCK:-} ]]; then
    printf '%s\n' "$RUNYARD_IMAGES_LOCK"
  elif { [[ -d /run/runyard ]] || mkdir -m 0700 /run/runyard 2>/dev/null; } && [[ -w /run/runyard ]]; then
    printf '/run/runyard/images.lock\n'
  else
    printf '%s/images.lock\n' "$var"
  fi
}

take_images_lock() { # held by descriptor 9 until the end
  local file
  file=$(images_lock)
  if ! exec 9>"$file"; then
    say "build-images: the lock $file cannot be opened"
    return 1
  fi
  flock --nonblock 9 && return 0
  say "images: another build on this machine holds $file; waiting for it"
  flock 9
}
