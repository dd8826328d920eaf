#!/usr/bin/env bash
# Makes an image directory with real images, without root: file systems on plain files, cloned by partclone.
#
#   scripts/demo-images.sh DIR
set -euo pipefail
images=${1:?usage: $0 DIR}
[ ! -e "$images" ] || exit 0
PATH=$PATH:/usr/sbin:/sbin

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/images/aula1" "$work/images/Debian-tree/etc" "$work/tree/etc" "$work/tree/home"
cp -r /etc/default "$work/tree/etc/" 2>/dev/null || true
head -c 20000000 /dev/urandom >"$work/tree/home/data"

mke2fs -q -t ext4 -d "$work/tree" "$work/disk" 64M >/dev/null
partclone.extfs -q -c -s "$work/disk" -o "$work/clone" -L "$work/log" >"$work/out" 2>&1 || { cat "$work/out" >&2; exit 1; }

lzop -q -o "$work/images/Ubuntu24.img" "$work/clone"
echo "PARTCLONE:LZOP:EXTFS:20000:aula1-pc3" >"$work/images/Ubuntu24.img.info"
gzip -c "$work/clone" >"$work/images/Debian12.img"
zstd -q -o "$work/images/Fedora.img" "$work/clone"
gzip -c "$work/clone" >"$work/images/aula1/Exam.img"
printf '# fstype=EXTFS\n# sizedata=20000\n' >"$work/images/Debian-tree/ogimg.info"
cp "$work/tree/home/data" "$work/images/Debian-tree/etc/"

mkdir -p "$(dirname "$images")"
chmod -R a+rX "$work/images"
mv "$work/images" "$images"
