# shellcheck shell=bash
# The part of doctor that looks at the docker engine: rights, versions with known escapes, and whether limits
# are really applied to a container.

check_engine() {
  if ! command -v docker >/dev/null; then
    warn docker "there is no docker client" "./runyard up installs it"
    return
  fi
  local answer
  if ! answer=$(timeout "$DOCKER_TIMEOUT" docker version --format '{{.Server.Version}}' 2>&1); then
    if [[ $answer == *"permission denied"* ]]; then
      bad docker "no rights to the engine's socket" "sudo usermod -aG docker $(id -un), then log in again; or run as root"
    elif command -v dockerd >/dev/null; then
      warn docker "no engine answers" "./runyard up starts one; or: systemctl start docker"
    else
      warn docker "no engine answers, and none is installed" "./runyard up installs and starts one"
    fi
    return
  fi
  ok docker "engine $answer"
  check_engine_info
  check_runc
  check_disk "docker disk" "$(docker info --format '{{.DockerRootDir}}' 2>/dev/null || echo /var/lib/docker)"
  check_limits
}

check_engine_info() {
  local info
  info=$(timeout "$DOCKER_TIMEOUT" docker info --format '{{json .}}' 2>/dev/null)
  local security warnings
  security=$(jq -r '.SecurityOptions | join(" ")' <<<"$info" 2>/dev/null)
  if [[ $security == *seccomp* ]]; then
    ok seccomp "the engine applies profiles"
  else
    bad seccomp "the engine was built or started without it" "install docker.io from Debian and start it without --seccomp-profile=unconfined"
  fi
  [[ $security != *rootless* ]] || warn docker "the engine runs rootless: limits need delegated control groups" "use the system's engine"
  warnings=$(jq -r '.Warnings // [] | map(select(test("No (memory|pids|cpu|swap)"; "i"))) | join("; ")' <<<"$info" 2>/dev/null)
  if [[ -n $warnings ]]; then
    bad cgroups "$warnings" "boot with cgroup_enable=memory swapaccount=1"
  else
    ok cgroups "version $(jq -r '.CgroupVersion // "1"' <<<"$info"), driver $(jq -r .CgroupDriver <<<"$info")"
  fi
}

# runc holes that a container's program can use: CVE-2024-21626 (leaky descriptors, fixed in 1.1.12) and the
# three mount races of November 2025, CVE-2025-31133, -52565, -52881 (fixed in 1.2.8, 1.3.3, 1.4.0-rc.3). They
# need a hostile image or hostile mounts, neither of which Runyard takes from users. Debian and Ubuntu carry
# fixes back without changing the upstream number, so there the package's changelog is what counts.
check_runc() {
  local version package
  version=$(docker info --format '{{.RuncCommit.ID}}' 2>/dev/null)
  package=$(dpkg-query -W -f '${Version}' runc 2>/dev/null)
  if [[ -n $package && -x /usr/sbin/runc ]]; then
    check_runc_package "$package"
    return
  fi
  version=$(runc --version 2>/dev/null | awk 'NR == 1 {print $3}')
  if [[ -z $version ]]; then
    warn runc "its version cannot be told from here" "keep it at 1.2.8, 1.3.3 or newer"
  elif older "$version" 1.1.12; then
    bad runc "$version has CVE-2024-21626 (container escape)" "update containerd.io or runc to 1.2.8, 1.3.3 or newer"
  elif older "$version" 1.2.8 || { [[ $version == 1.3.* ]] && older "$version" 1.3.3; }; then
    warn runc "$version has CVE-2025-31133, -52565 and -52881 (hostile images or mounts only)" "update it to 1.2.8, 1.3.3 or newer"
  else
    ok runc "$version"
  fi
}

check_runc_package() { # Debian or Ubuntu version
  local fixed newest
  # The first package versions with CVE-2024-21626 closed: Debian 12, Debian 13 and later, Ubuntu 24.04.
  case $1 in
    *ubuntu*) fixed=1.1.12 ;;
    1.1.5*deb12*) fixed=1.1.5+ds1-1+deb12u1 ;;
    *) fixed=1.1.12 ;;
  esac
  if dpkg --compare-versions "$1" lt "$fixed"; then
    bad runc "package $1 has CVE-2024-21626 (container escape)" "apt-get update && apt-get install runc"
    return
  fi
  newest=$(apt-cache policy runc 2>/dev/null | awk '/Candidate:/ {print $2}')
  if [[ -n $newest && $newest != '(none)' ]] && dpkg --compare-versions "$1" lt "$newest"; then
    warn runc "package $1, and $newest is there" "apt-get install runc; it takes effect for new containers"
  else
    ok runc "package $1: CVE-2024-21626 is closed, and the distribution has no newer one"
  fi
}

older() { [[ $1 != "$2" && $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]; }

# What the engine says is one thing; what the kernel was told is another: read it from inside a container
# that has the options of a sandbox.
check_limits() {
  local image answer
  image=$(docker images -q --filter label=runyard.image 2>/dev/null | head -n 1)
  [[ -n $image ]] || image=$(docker images -q debian:trixie-slim 2>/dev/null)
  if [[ -z $image ]]; then
    warn limits "not tried: there is no image yet" "./runyard build-images, then run doctor again"
    return
  fi
  # shellcheck disable=SC2016
  answer=$(timeout 30 docker run --rm --pull never --network none --read-only --log-driver none --no-healthcheck \
    --cgroupns private --cap-drop ALL --security-opt no-new-privileges:true \
    --pids-limit 33 --memory 64m --memory-swap 64m --cpus 0.5 --entrypoint /bin/sh "$image" -c '
      cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null | head -n 1
      cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null | head -n 1
      cat /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes /sys/fs/cgroup/memory.swap.max 2>/dev/null | head -n 1
      cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu.max 2>/dev/null | head -n 1' 2>&1)
  local lines pids memory swap cpu
  mapfile -t lines <<<"$answer"
  pids=${lines[0]:-} memory=${lines[1]:-} swap=${lines[2]:-} cpu=${lines[3]:-}
  judge_limit processes "$pids" 33
  judge_limit memory "$memory" 67108864
  # Version 1 counts memory and swap together, version 2 swap alone.
  [[ $swap == 67108864 ]] || judge_limit swap "$swap" 0
  [[ $cpu == 50000 ]] || judge_limit cpu "$cpu" "50000 100000"
  [[ $pids == 33 && $memory == 67108864 && ($swap == 67108864 || $swap == 0) && $cpu == 50000* ]] &&
    ok limits "processes, memory, swap and cpu of a container are what was asked for"
}

judge_limit() { # name, found, wanted
  [[ $2 == "$3" ]] || bad limits "the $1 limit of a container is '${2:-missing}', asked for was '$3'" \
    "boot with cgroup_enable=memory swapaccount=1; run dockerd as root outside a container"
}
