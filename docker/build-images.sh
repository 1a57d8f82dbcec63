#!/usr/bin/env bash
# Builds the sandbox images of the languages under docker/languages, and only what changed.
#
#   docker/build-images.sh [--force] [--base-only] [language or image id ...]     default: all
#   docker/build-images.sh --list
#
# Two images for each folder that has a Dockerfile, so that a new agent costs one tiny layer:
#   runyard-base/<folder>  the folder's Dockerfile      runyard.base=<folder>   runyard.hash=its files + what it stands on
#   runyard/<folder>       that, and the agent on top   runyard.image=<folder>  runyard.hash=the above + the agent's bytes
# (the columns on the right are their labels; a worker looks for runyard.image).
#
# Folders without a Dockerfile use another folder's image ("image" in their language.json).
#
# A broken folder is named, with file and line, and skipped; the others are still built. A folder that stands on somebody
# else's image where that cannot be pulled is reported as not available, which is no failure.
# Environment: RUNYARD_AGENT (build/release/agent/runyard-agent), RUNYARD_LANGUAGES_DIR (docker/languages),
# RUNYARD_VAR (var: build logs), RUNYARD_IMAGES_LOCK (/run/runyard/images.lock), RUNYARD_IMAGES_RECORD (none: the file
# that gets the hash of present.sh when all were asked for and are current), RUNYARD_BUILD_NETWORK (default, host; chosen by a trial when unset).
# Exit code: 0 all is current, 1 something is not, 2 wrong usage.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
languages_dir=${RUNYARD_LANGUAGES_DIR:-$root/docker/languages}
agent=${RUNYARD_AGENT:-$root/build/release/agent/runyard-agent}
var=${RUNYARD_VAR:-$root/var}
log_dir=$var/log/images
host_ca=/etc/ssl/certs/ca-certificates.crt
base_image=debian:trixie-slim
# shellcheck source=docker/languages.sh disable=SC1091
source "$root/docker/languages.sh"
# shellcheck source=docker/bases.sh disable=SC1091
source "$root/docker/bases.sh"
# shellcheck source=docker/present.sh disable=SC1091
source "$root/docker/present.sh"
# shellcheck source=docker/lock.sh disable=SC1091
source "$root/docker/lock.sh"

list=false force=false base_only=false
wanted=()
for argument in "$@"; do
  case $argument in
    --list) list=true ;;
    --force) force=true ;;
    --base-only) base_only=true ;;
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    -*) echo "build-images: unknown option '$argument' (see --help)" >&2; exit 2 ;;
    *) wanted+=("$argument") ;;
  esac
done

say() { printf '%s\n' "$*" >&2; }
megabytes() { printf '%d MB' $(($1 / 1000000)); }
image_id() { docker image inspect --format '{{.Id}}' "$1" 2>/dev/null; }
image_size() { docker image inspect --format '{{.Size}}' "$1" 2>/dev/null || echo 0; }
image_hash() { docker image inspect --format '{{index .Config.Labels "runyard.hash"}}' "$1" 2>/dev/null; }

final_hash() { printf '%s %s' "$1" "$agent_hash" | sha256sum | cut -c1-32; }

# Containers of a build reach the package servers by the bridge or, on hosts whose bridge has no way out or no
# name service, by the host's own network.
choose_network() {
  [[ -n ${network:-} ]] && return
  network=${RUNYARD_BUILD_NETWORK:-}
  if [[ -z $network ]]; then
    network=default
    if ! timeout 20 docker run --rm "$base_image" getent hosts deb.debian.org >/dev/null 2>&1 &&
      timeout 20 docker run --rm --network host "$base_image" getent hosts deb.debian.org >/dev/null 2>&1; then
      network=host
      say "images: the docker bridge has no name service; building with the host's network"
    fi
  fi
}

# Waits for a build and shows that it is alive: its last line each second on a terminal, each 20 s elsewhere.
wait_shown() { # pid, log
  local next interval=20 begun=$SECONDS last
  [[ -t 2 ]] && interval=1
  next=$((SECONDS + interval))
  while kill -0 "$1" 2>/dev/null; do
    sleep 0.1
    ((SECONDS >= next)) || continue
    next=$((SECONDS + interval))
    last=$(tail -c 300 "$2" | tr '\r' '\n' | grep -v '^[[:space:]]*$' | tail -n 1 | tr -cd '[:print:]' | cut -c1-90)
    if [[ -t 2 ]]; then printf '\r\033[K%s: %d s  %s' "$place" $((SECONDS - begun)) "$last" >&2; else say "$place: ... $((SECONDS - begun)) s  $last"; fi
  done
  if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
  wait "$1"
}

# build TAG HASH CONTEXT LOG [build options...]: the image replaces the one that had the tag; the replaced one
# goes, unless a container still uses it (then the next call, or docker image prune, takes it).
build() {
  local tag=$1 hash=$2 context=$3 log=$4 old
  shift 4
  old=$(image_id "$tag")
  building=$log
  docker build --force-rm --network "$network" --tag "$tag" --label "runyard.hash=$hash" "$@" "$context" </dev/null >>"$log" 2>&1 &
  if ! wait_shown "$!" "$log"; then drop_layers; return 1; fi
  building=
  if [[ -n $old && $old != "$(image_id "$tag")" ]]; then docker rmi "$old" >/dev/null 2>&1; fi
  # Stages that only prepare files say so by this label.
  docker image prune --force --filter label=runyard.stage=build >/dev/null 2>&1
  return 0
}

# Takes away what a build that failed or was ended has left: the classic builder keeps each step as an image without a
# tag or a label. Only images that this build made, and only while nothing has a use for them; theirs below go as well.
drop_layers() {
  local made id
  [[ -n $building ]] || return 0
  made=$(awk '/^ ---> [0-9a-f]+$/ && before !~ /Using cache/ { print $2 } { before = $0 }' "$building")
  building=
  for id in $(docker image ls --quiet --filter dangling=true 2>/dev/null); do
    [[ " ${made//$'\n'/ } " == *" $id "* ]] || continue
    # The engine needs a moment to end the step of a build whose client was killed.
    for _ in {1..20}; do
      docker rmi "$id" >/dev/null 2>&1 && break
      sleep 0.2
    done
  done
  return 0
}

# One image folder. Prints its own line; returns 1 when it is broken.
build_folder() {
  local id=$1 place="[$2/$3] $1" log=$log_dir/$1.log started=$SECONDS base_hash hash old_base why parent
  local shown=${languages_dir#"$root"/}/$1/Dockerfile
  for parent in $(references "$id" | cut -f2); do
    parent=$(parent_folder "$parent")
    if [[ -n $parent && " ${failed[*]} ${unavailable[*]} " == *" $parent "* ]]; then
      say "$place: not built, for $parent is not"
      [[ " ${unavailable[*]} " == *" $parent "* ]] && return 3
      return 1
    fi
  done
  provide_bases "$id" || {
    local code=$?
    ((code == 3)) && say "$place: not available here: $REPLY cannot be pulled"
    return $code
  }
  folder_hash "$id"
  base_hash=$REPLY
  hash=$(final_hash "$base_hash")
  local base=runyard-base/$id:latest final=runyard/$id:latest
  if ! $force && [[ $(image_hash "$base") == "$base_hash" ]] && { $base_only || [[ $(image_hash "$final") == "$hash" ]]; }; then
    say "$place: current, $(megabytes "$(image_size "$base")")"
    return 0
  fi
  choose_network
  : >"$log"
  old_base=$(image_id "$base")
  if $force || [[ $(image_hash "$base") != "$base_hash" ]]; then
    why="first build"
    [[ -n $old_base ]] && why="its files or the base image changed"
    $force && why="forced"
    say "$place: building ($why; log: ${log#"$root"/})"
    rm -rf "$stage/context"
    cp -a "$languages_dir/$id" "$stage/context"
    # Not part of the hash: which authorities the host trusts does not change what is downloaded.
    if [[ -r $host_ca ]]; then cp -L "$host_ca" "$stage/context/host-ca.crt"; fi
    if ! build "$base" "$base_hash" "$stage/context" "$log" --label "runyard.base=$id" \
      "${build_options[@]}"; then
      say "$shown:$(failed_line "$id" "$log"): docker build failed after $((SECONDS - started)) s. Its last lines:"
      tail -n 20 "$log" | sed "s/^/    $id| /" >&2
      return 1
    fi
    # A VOLUME stays writable under --read-only and outlives a run.
    if [[ $(docker image inspect --format '{{json .Config.Volumes}}' "$base") != @(null|\{\}) ]]; then
      say "$shown:$(grep -n -m1 -i '^ *VOLUME' "$languages_dir/$id/Dockerfile" | cut -d: -f1): VOLUME is not allowed in a sandbox image"
      docker rmi "$base" >/dev/null 2>&1
      return 1
    fi
  elif [[ -n $(image_id "$final") ]]; then
    say "$place: the agent changed; renewing the last layer"
  else
    say "$place: adding the agent"
  fi
  if ! $base_only; then
    mkdir -p "$stage/last"
    printf 'FROM %s\nCOPY agent /runyard/agent\nENTRYPOINT ["/runyard/agent"]\n' "$base" >"$stage/last/Dockerfile"
    if ! build "$final" "$hash" "$stage/last" "$log" --label "runyard.image=$id"; then
      say "$place: adding the agent failed. Last lines:"
      tail -n 20 "$log" | sed "s/^/    $id| /" >&2
      return 1
    fi
    # The old base goes last: while the old final image existed it was in use.
    if [[ -n $old_base && $old_base != "$(image_id "$base")" ]]; then docker rmi "$old_base" >/dev/null 2>&1; fi
  fi
  say "$place: done in $((SECONDS - started)) s, $(megabytes "$(image_size "$base")")"
}

check_tools || exit 1
# Filled and read by languages.sh.
# shellcheck disable=SC2034
declare -A language_image=() language_version=()
declare -a broken=() images=()
read_languages

agent_hash=missing
[[ -r $agent ]] && agent_hash=$(sha256sum <"$agent" | cut -c1-32)

if $list; then
  list_languages
  exit $((${#broken[@]} > 0))
fi

select_images "${wanted[@]}" || exit 2
order_images
if ! $base_only && [[ $agent_hash == missing ]]; then
  say "build-images: no agent at $agent"
  say "  build it (cmake --preset release && cmake --build --preset release), or set RUNYARD_AGENT, or use --base-only"
  exit 1
fi

mkdir -p "$log_dir" || exit 1
take_images_lock || exit 1
"$root/docker/base/make.sh" trixie || exit 1
stage=$(mktemp -d) building=
trap 'drop_layers; rm -rf "$stage"' EXIT
if [[ $agent_hash != missing ]]; then
  install -D -m 0755 "$agent" "$stage/last/agent"
  # It may have been built anew while this waited.
  agent_hash=$(sha256sum <"$stage/last/agent" | cut -c1-32)
fi

build_options=()
$force && build_options+=(--no-cache)
total_started=$SECONDS number=0 failed=() unavailable=()
for id in "${images[@]}"; do
  number=$((number + 1))
  build_folder "$id" "$number" "${#images[@]}"
  case $? in
    0) ;;
    3) unavailable+=("$id") ;;
    *) failed+=("$id") ;;
  esac
done
# Replaced images that containers held when their time came; those still in use stay once more.
for label in runyard.base runyard.image; do docker image prune --force --filter "label=$label" >/dev/null 2>&1; done
prefix=runyard
$base_only && prefix=runyard-base
say "images: $((${#images[@]} - ${#failed[@]} - ${#unavailable[@]})) current, $(megabytes "$(total_size "$prefix" "${images[@]}")") on disk, $((SECONDS - total_started)) s"
if ((${#unavailable[@]})); then say "images: not available here: ${unavailable[*]}"; fi
if ((${#failed[@]} + ${#broken[@]})); then
  say "images: not usable: ${failed[*]} ${broken[*]}"
  exit 1
fi
# Under the lock, so that it speaks of these images.
if [[ -n ${RUNYARD_IMAGES_RECORD:-} && ${#wanted[@]} == 0 ]] && ! $base_only; then images_present >"$RUNYARD_IMAGES_RECORD"; fi
