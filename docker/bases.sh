# shellcheck shell=bash disable=SC2154
# What an image stands on: read from the FROM and COPY --from lines of docker/languages/*/Dockerfile. Sourced by
# build-images.sh. A folder may stand on
#   debian:trixie-slim, debian:bookworm-slim   provided by base/make.sh
#   runyard-base/<folder>                      another folder's image, which is built first
#   any other image                            pulled; where that fails the languages are not available, which is no mistake

# references FOLDER: "line<TAB>image" of each, without the Dockerfile's own stages.
references() {
  awk '
    function say(image) { if (!(image in stage) && image != "scratch" && image !~ /^[0-9]+$/) print NR "\t" image }
    toupper($1) == "FROM" {
      image = ($2 ~ /^--/) ? $3 : $2
      say(image)
      for (i = 3; i < NF; i++) if (toupper($i) == "AS") stage[$(i + 1)] = 1
    }
    toupper($1) == "COPY" { for (i = 2; i <= NF; i++) if (sub(/^--from=/, "", $i)) say($i) }
  ' "$languages_dir/$1/Dockerfile"
}

parent_folder() { # image: prints the folder when it is one of ours
  local name=${1#runyard-base/}
  [[ $name != "$1" ]] && printf '%s\n' "${name%:latest}"
}

# What can change the image: names, modes and contents of the folder's files, and what it stands on. Tests, sample
# and language.json are read from the folder at run time and are not part of it.
declare -A hashes=()
folder_hash() { # sets REPLY
  local id=$1 image parent below=
  REPLY=${hashes[$id]:-}
  [[ -n $REPLY ]] && return
  while IFS=$'\t' read -r _ image; do
    parent=$(parent_folder "$image")
    if [[ -n $parent && -f $languages_dir/$parent/Dockerfile && $parent != "$id" ]]; then
      folder_hash "$parent"
      below+=$REPLY
    else
      below+=$(image_id "$image")
    fi
  done < <(references "$id")
  REPLY=$({ (cd "$languages_dir/$id" && find . -path ./tests -prune -o -type f ! -name language.json ! -name 'hello.*' \
    ! -path '*/__pycache__/*' -printf '%p %m\0' | sort -z | while IFS= read -r -d '' entry; do
    printf '%s ' "$entry"
    sha256sum <"${entry% *}"
  done); printf '%s' "$below"; } | sha256sum | cut -c1-32)
  hashes[$id]=$REPLY
}

# order_images: images with those that others stand on in front of them, also when nobody asked for them. A folder that
# stands on itself, or on one that is not there, goes to broken.
order_images() {
  local -A visited=()
  local asked=("${images[@]}") id
  images=()
  for id in "${asked[@]}"; do visit_image "$id" || true; done
}

visit_image() {
  local id=$1 line image parent shown=${languages_dir#"$root"/}/$1/Dockerfile
  case ${visited[$id]:-} in
    done) return 0 ;;
    broken) return 1 ;;
    open) return 2 ;;
  esac
  visited[$id]=open
  while IFS=$'\t' read -r line image; do
    parent=$(parent_folder "$image")
    [[ -n $parent ]] || continue
    if [[ ! -f $languages_dir/$parent/Dockerfile ]]; then
      say "$shown:$line: there is no folder $parent with a Dockerfile"
    elif visit_image "$parent"; then
      continue
    elif [[ ${visited[$parent]} == open ]]; then
      say "$shown:$line: $parent stands on $id itself"
    else
      say "$shown:$line: $parent is broken"
    fi
    visited[$id]=broken
    broken+=("$id")
    return 1
  done < <(references "$id")
  visited[$id]="done"
  images+=("$id")
}

# provide_bases FOLDER: 0 all is there; 1 ours failed (said why); 3 somebody else's image cannot be had here.
provide_bases() {
  local line image suite
  while IFS=$'\t' read -r line image; do
    [[ -n $(parent_folder "$image") || -n $(image_id "$image") ]] && continue
    suite=${image#debian:}
    case $image in
      debian:trixie-slim | debian:bookworm-slim)
        "$root/docker/base/make.sh" "${suite%-slim}" </dev/null || return 1
        ;;
      *)
        if ! timeout "${RUNYARD_PULL_TIMEOUT:-300}" docker pull --quiet "$image" </dev/null >/dev/null 2>&1; then
          REPLY=$image
          return 3
        fi
        ;;
    esac
    # The base's id is part of the hash.
    hashes=()
  done < <(references "$1")
  return 0
}

# The bytes that an image adds to what it stands on, so that a sum counts shared layers once.
own_size() { # folder, its image
  local size below
  size=$(image_size "$2")
  below=$(image_size "$(last_from "$1")")
  printf '%s\n' $((size > below ? size - below : 0))
}
last_from() { awk 'toupper($1) == "FROM" { image = ($2 ~ /^--/) ? $3 : $2 } END { print image }' "$languages_dir/$1/Dockerfile"; }

# total_size TAG_PREFIX FOLDER...: of those images and the Debian below them, each layer once.
total_size() {
  local prefix=$1 id total=0
  local -A bases=()
  shift
  for id in "$@"; do
    [[ -n $(image_id "$prefix/$id") ]] || continue
    total=$((total + $(own_size "$id" "$prefix/$id")))
    bases[$(last_from "$id")]=1
  done
  for id in "${!bases[@]}"; do
    [[ -n $(parent_folder "$id") ]] || total=$((total + $(image_size "$id")))
  done
  printf '%s\n' "$total"
}

# Where a failed build stopped: the line that BuildKit names, else that of the step which the classic builder began last.
failed_line() { # folder, log
  local line step
  line=$(sed -n 's/^Dockerfile:\([0-9]\+\)$/\1/p' "$2" | tail -n 1)
  step=$(sed -n 's|^Step \([0-9]\+\)/.*|\1|p' "$2" | tail -n 1)
  [[ -n $line || -z $step ]] || line=$(awk -v step="$step" '
    !continued && NF && $1 !~ /^#/ && ++count == step { print NR; exit }
    $1 !~ /^#/ { continued = /\\$/ }' "$languages_dir/$1/Dockerfile")
  printf '%s\n' "${line:-1}"
}
