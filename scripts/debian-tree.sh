#!/usr/bin/env bash
# Makes a minimal Debian with systemd in DIR, for tests of the package. One that is there is kept; it takes a minute and root.
#
#   scripts/debian-tree.sh DIR
set -euo pipefail
tree=${1:?usage: $0 DIR}
[ ! -e "$tree" ] || exit 0

codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
# libssl3: what the package needs. iproute2, udpcast, openssh-client: to try in it what the unit must allow.
packages=libssl3,systemd,systemd-sysv,iproute2,udpcast,openssh-client
mkdir -p "$(dirname "$tree")"
rm -rf "$tree.new"
debootstrap --variant=minbase --include="$packages" "$codename" "$tree.new" >"$tree.log" 2>&1 || { tail -n 20 "$tree.log" >&2; exit 1; }
rm -rf "$tree.new"/var/cache/apt/archives/*.deb "$tree.new"/var/lib/apt/lists/* "$tree.new"/usr/share/locale/* "$tree.new"/usr/share/doc/*
mv "$tree.new" "$tree"
