#!/usr/bin/env bash
# Provides the image that languages start from, debian:trixie-slim or (for older versions) debian:bookworm-slim: what is
# here already, else `docker pull`, else a root file system made by mmdebstrap and imported.
#
#   docker/base/make.sh [trixie|bookworm]          does nothing when the image exists
#   docker/base/make.sh --force [trixie|bookworm]  makes it anew with mmdebstrap
#
# RUNYARD_DEBIAN_MIRROR and RUNYARD_DEBIAN_SECURITY_MIRROR choose other mirrors.
# Exit code: 0 the image is there, 1 it could not be made (the reason is the last line).
set -euo pipefail

force=false
if [[ ${1:-} == --force ]]; then force=true; shift; fi
suite=${1:-trixie}
if [[ $suite != trixie && $suite != bookworm ]]; then
  printf 'base: there is no suite %s here; there are: trixie, bookworm\n' "$suite" >&2
  exit 1
fi
image=debian:$suite-slim
mirror=${RUNYARD_DEBIAN_MIRROR:-http://deb.debian.org/debian}
security=${RUNYARD_DEBIAN_SECURITY_MIRROR:-http://deb.debian.org/debian-security}

say() { printf 'base: %s\n' "$*" >&2; }

if ! $force; then
  if docker image inspect "$image" >/dev/null 2>&1; then
    say "$image is present"
    exit 0
  fi
  # A machine without a way to the registry must not wait for long.
  say "pulling $image"
  if timeout 120 docker pull --quiet "$image" >/dev/null 2>&1; then
    say "$image pulled"
    exit 0
  fi
  say "no registry answers; making the image with mmdebstrap (about half a minute)"
fi

if ! command -v mmdebstrap >/dev/null; then
  say "mmdebstrap is missing: apt-get install mmdebstrap"
  exit 1
fi
if [[ $(id -u) != 0 ]]; then
  say "mmdebstrap needs root here: run this with sudo"
  exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
started=$SECONDS

# What the official slim image leaves out: manuals, documents (but licences) and translations. mmdebstrap
# keeps these options in the image's dpkg.cfg.d, so that later layers leave them out as well.
slim=()
for path in 'exclude=/usr/share/doc/*' 'include=/usr/share/doc/*/copyright' 'exclude=/usr/share/man/*' \
  'exclude=/usr/share/info/*' 'exclude=/usr/share/locale/*' 'exclude=/usr/share/groff/*' \
  'exclude=/usr/share/lintian/*'; do
  slim+=("--dpkgopt=path-$path")
done
# Package lists and downloaded packages never stay in a layer.
cat >"$work/90slim" <<'CONF'
APT::Install-Recommends "false";
APT::Install-Suggests "false";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Binary::apt-get::APT::Keep-Downloaded-Packages "false";
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb || true"; };
CONF
cat >"$work/sources" <<CONF
Types: deb
URIs: $mirror
Suites: $suite $suite-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: $security
Suites: $suite-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
CONF

# shellcheck disable=SC2016 # mmdebstrap gives the hooks the root's path as $1.
if ! TMPDIR=$work mmdebstrap --quiet --mode=root --variant=minbase \
  "${slim[@]}" \
  --customize-hook="copy-in $work/90slim /etc/apt/apt.conf.d" \
  --customize-hook='rm -rf "$1/var/lib/apt/lists/"* "$1/var/cache/"* "$1/var/log/"* "$1/etc/resolv.conf" "$1/etc/hostname"' \
  --customize-hook='mkdir -p "$1/var/cache/apt/archives/partial" "$1/var/log/apt"' \
  "$suite" "$work/rootfs.tar" "$work/sources" 2>"$work/log"; then
  tail -n 15 "$work/log" >&2
  say "mmdebstrap failed: see above; can this machine reach $mirror?"
  exit 1
fi
docker import --change 'CMD ["bash"]' --message "$suite minbase by mmdebstrap" "$work/rootfs.tar" "$image" >/dev/null
size=$(docker image inspect --format '{{.Size}}' "$image")
say "$image made in $((SECONDS - started)) s, $((size / 1000000)) MB"
