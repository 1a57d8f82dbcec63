#!/usr/bin/env bash
# A docker client that keeps "images" as files of $FAKE_IMAGES, for the tests of build-images. A Dockerfile that says
# FAIL cannot be built and leaves a step's image without a tag (dangling), and nothing can be pulled. What was built is in
# $FAKE_IMAGES/log.
set -u
file() { printf '%s/%s' "$FAKE_IMAGES" "$(tr '/:' '__' <<<"${1%:latest}")"; }
case "$1 ${2:-}" in
  "version "*) echo 1 ;;
  "image inspect")
    image=$(file "${*: -1}")
    [[ -f $image ]] || exit 1
    case "${4:-}" in
      '{{.Id}}') sed -n 1p "$image" ;;
      '{{.Size}}') sed -n 2p "$image" ;;
      *hash*) sed -n 3p "$image" ;;
      *) echo null ;;
    esac
    ;;
  "build "*)
    context=${*: -1}
    while (($#)); do
      [[ $1 == --tag ]] && tag=$2
      [[ $1 == runyard.hash=* ]] && hash=${1#*=}
      shift
    done
    printf 'Step 1/2 : FROM debian:trixie-slim\n'
    if grep -q FAIL "$context/Dockerfile"; then 
      printf ' ---> 000000000000\nStep 2/3 : RUN true\n ---> Using cache\n ---> 111111111111\nStep 2/3 : RUN true\n ---> Running in 5\n ---> 222222222222\nStep 2/2 : RUN FAIL\n'
      printf '111111111111\n222222222222\n333333333333\n' >"$FAKE_IMAGES/dangling"
      exit 1
    fi
    printf '%s\n%s\n%s\n' "sha256:$RANDOM$RANDOM" 200000000 "$hash" >"$(file "$tag")"
    printf '%s\n' "$tag" >>"$FAKE_IMAGES/log"
    ;;
  "image ls")
    if [[ $* == *dangling=true* ]]; then
      cat "$FAKE_IMAGES/dangling" 2>/dev/null
    else
      for image in "$FAKE_IMAGES"/runyard_*; do printf '%s %s\n' "runyard/${image##*/runyard_}:latest" "$(sed -n 1p "$image")"; done
    fi
    ;;
  "rmi "*) [[ ! -f $FAKE_IMAGES/dangling ]] || sed -i "/^$2\$/d" "$FAKE_IMAGES/dangling" ;;
  "pull "*) exit 1 ;;
  *) ;;
esac
