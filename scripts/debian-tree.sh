#!/usr/bin/env bash
# Makes a minimal Debian with systemd in DIR, for tests of the package and of what the documents tell. One that is there with the same packages is kept;
# it takes a minute and root.
#
#   scripts/debian-tree.sh DIR
set -euo pipefail
tree=${1:?usage: $0 DIR}

codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
# libssl3: what the package needs. iproute2, udpcast, openssh-client: to try in it what the unit must allow. The others: what the documents have an
# administrator use.
packages=libssl3,systemd,systemd-sysv,iproute2,udpcast,openssh-client,uftp,openssh-server,curl,openssl,nginx-light
[ ! -e "$tree" ] || [ "$(cat "$tree.packages" 2>/dev/null)" != "$packages" ] || exit 0
mkdir -p "$(dirname "$tree")"
rm -rf "$tree" "$tree.new"
debootstrap --variant=minbase --include="$packages" "$codename" "$tree.new" >"$tree.log" 2>&1 || { tail -n 20 "$tree.log" >&2; exit 1; }
rm -rf "$tree.new"/var/cache/apt/archives/*.deb "$tree.new"/var/lib/apt/lists/* "$tree.new"/usr/share/locale/* "$tree.new"/usr/share/doc/*
# Who needs a server of these starts it.
systemctl --root="$tree.new" disable ssh nginx uftp 2>/dev/null
echo "$packages" >"$tree.packages"
mv "$tree.new" "$tree"
