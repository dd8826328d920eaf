#!/usr/bin/env bash
# Boots a Debian tree with its own systemd, in namespaces of its own: processes, mounts, network, control groups. Prints the number of its first
# process once that runs. It ends with this script. Takes root.
#
#   scripts/boot-tree.sh DIR
set -euo pipefail
tree=$(realpath "${1:?usage: $0 DIR}")

# A control group for all of it, by the hierarchies that systemd uses here: one of version 2, or beside it one by name.
group=ogrepo-tree-$$
if [ -e /sys/fs/cgroup/cgroup.procs ]; then
  hierarchies=(/sys/fs/cgroup)
else
  hierarchies=(/sys/fs/cgroup/systemd /sys/fs/cgroup/unified)
fi
leave() {
  for hierarchy in "${hierarchies[@]}"; do
    echo $$ >"$hierarchy/cgroup.procs" 2>/dev/null || true
    find "$hierarchy/$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done
}
trap leave EXIT
for hierarchy in "${hierarchies[@]}"; do
  mkdir "$hierarchy/$group"
  echo $$ >"$hierarchy/$group/cgroup.procs"
done

setpriv --pdeathsig KILL unshare --kill-child --fork --pid --mount --uts --ipc --net --cgroup -- bash -euc '
  tree=$1
  shift
  mount --bind "$tree" "$tree"
  cd "$tree"
  mount -t proc proc proc
  mount -t sysfs sysfs sys
  if [ "$1" = /sys/fs/cgroup ]; then
    mount -t cgroup2 cgroup2 sys/fs/cgroup
  else
    mount -t tmpfs tmpfs sys/fs/cgroup
    mkdir sys/fs/cgroup/systemd sys/fs/cgroup/unified
    mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
    mount -t cgroup2 cgroup2 sys/fs/cgroup/unified
  fi
  mount -t tmpfs tmpfs run
  mount -t tmpfs tmpfs tmp
  ip link set lo up
  exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . /lib/systemd/systemd --unit=multi-user.target --show-status=0 --log-target=journal
' bash "$tree" "${hierarchies[@]}" &
outside=$!
until first=$(cat "/proc/$outside/task/$outside/children" 2>/dev/null) && [ -n "$first" ] \
  && [ "$(readlink "/proc/${first% }/exe" 2>/dev/null)" != "$(command -v bash)" ] && [ -S "/proc/${first% }/root/run/systemd/private" ]; do
  kill -0 "$outside" || exit 1
  sleep 0.1
done
echo "${first% }"
wait "$outside"
