# shellcheck shell=bash
# Sourced by build-images.sh, which records this after a build of all, and by setup/images.sh, which compares.

# One hash over the images that languages have now, with what is in them: another one after any of them was removed or
# built anew, by whomever. One call of the engine, whatever their number.
images_present() {
  timeout "${DOCKER_TIMEOUT:-20}" docker image ls --no-trunc --filter label=runyard.image --format '{{.Repository}}:{{.Tag}} {{.ID}}' 2>/dev/null |
    { grep '^runyard/' || true; } | LC_ALL=C sort | sha256sum | cut -d' ' -f1
}
