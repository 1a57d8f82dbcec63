# shellcheck shell=bash
# Installs the missing packages in one go, without starting or changing a service that they bring along.

# Prints the lines of packages.txt that count for these groups, alternatives not yet chosen.
wanted_packages() { # group...
  local group package condition
  while read -r group package condition; do
    [[ $group == '#'* || -z $group ]] && continue
    [[ " $* " == *" $group "* ]] || continue
    if [[ $condition == '!'* ]]; then
      condition=${condition%% *}
      command -v "${condition#!}" >/dev/null && continue
    fi
    printf '%s\n' "$package"
  done <"$ROOT/setup/packages.txt"
}

missing_packages() { # group...
  local wanted installed package alternative found
  wanted=$(wanted_packages "$@")
  # shellcheck disable=SC2086
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' ${wanted//|/ } 2>/dev/null | sed -n 's/^installed //p' || true)
  for package in $wanted; do
    found=
    for alternative in ${package//|/ }; do
      grep -qxF "$alternative" <<<"$installed" && found=1
    done
    [[ -n $found ]] || printf '%s\n' "$package"
  done
}

# The first alternative that the package lists know.
choose_package() {
  local alternative
  for alternative in ${1//|/ }; do
    if [[ $(apt-cache policy "$alternative") == *"Candidate: "[^\(]* ]]; then
      printf '%s\n' "$alternative"
      return
    fi
  done
  printf '%s\n' "${1%%|*}"
}

install_packages() { # group...
  step packages
  command -v apt-get >/dev/null || fail "this is not Debian or Ubuntu: there is no apt-get" "use Debian 12, Debian 13 or Ubuntu 24.04"
  local missing chosen=() package
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then
    step_done "all present"
    return
  fi
  run_logged "$LOG/apt.log" "can this machine reach its package mirror? (/etc/apt/sources.list*)" apt-get update
  for package in "${missing[@]}"; do chosen+=("$(choose_package "$package")"); done
  note "installing ${#chosen[@]} packages: ${chosen[*]}"
  run_logged "$LOG/apt.log" "repair it by hand: apt-get install ${chosen[*]}" apt_install "${chosen[@]}"
  hash -r
  step_done "${#chosen[@]} installed"
}

# Debian starts what it installs, and postgresql makes a cluster of its own: policy-rc.d and a passing
# setting keep both away. What the machine had before is not touched.
apt_install() {
  local policy=/usr/sbin/policy-rc.d cluster=/etc/postgresql-common/createcluster.d/runyard.conf made=() had_nginx=
  command -v nginx >/dev/null && had_nginx=1
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    made+=("$policy")
  fi
  mkdir -p "$(dirname "$cluster")"
  printf 'create_main_cluster = false\n' >"$cluster"
  made+=("$cluster")
  # shellcheck disable=SC2064
  trap "rm -f ${made[*]}" EXIT
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get install -y --no-install-recommends \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
  rm -f "${made[@]}"
  # The Nginx that came only for us must not take port 80 at the next boot.
  if [[ -z $had_nginx ]] && command -v nginx >/dev/null; then
    systemctl disable nginx 2>/dev/null || update-rc.d nginx disable || true
  fi
}
