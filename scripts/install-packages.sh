#!/usr/bin/env bash
# Installs what a purpose needs from Debian's packages, if it is missing, and says which and why.
#
#   scripts/install-packages.sh build|deb|demo|test|bench
set -euo pipefail

# package|what is looked for (a program on the PATH or a file)|why
build_packages='
gcc|cc|links the native binary
libc6-dev|/usr/include/stdio.h|links the native binary
zlib1g-dev|/usr/include/zlib.h|linked by Native AOT
libzstd-dev|/usr/lib/*/libzstd.a|reads the headers of zstd images, linked into the binary
liblzma-dev|/usr/lib/*/liblzma.a|reads the headers of xz images, linked into the binary
libbz2-dev|/usr/lib/*/libbz2.a|reads the headers of bzip2 images, linked into the binary
liblz4-dev|/usr/lib/*/liblz4.a|reads the headers of lz4 images, linked into the binary
libsqlite3-dev|/usr/lib/*/libsqlite3.a|writes the catalogues of CernVM-FS, linked into the binary
libssl3|/usr/lib/*/libcrypto.so.3|computes digests, loaded at run time
'
deb_packages='
dpkg|dpkg-deb|packs
gzip|gzip|packs documents
xz-utils|xz|packs
'
demo_packages='
partclone|partclone.extfs|makes the demo images
lzop|lzop|compresses a demo image
zstd|zstd|compresses a demo image
e2fsprogs|mke2fs|makes the file systems of the demo images
'
test_packages='
curl|curl|end-to-end tests of the API
openssl|openssl|digests to compare with
jq|jq|reads repoinfo.json as OpenGnsys does
sqlite3|sqlite3|reads published catalogues
aria2|aria2c|downloads from tracker and seeder
ctorrent|ctorrent|downloads from tracker and seeder, and makes torrents to compare with
mktorrent|mktorrent|makes torrents to compare with
transmission-cli|transmission-cli|downloads from tracker and seeder
python3-libtorrent|/usr/lib/python3/dist-packages/libtorrent*|downloads from tracker and seeder
python3-prometheus-client|/usr/lib/python3/dist-packages/prometheus_client|reads /metrics
lz4|lz4|images to probe
xz-utils|xz|images to probe
bzip2|bzip2|images to probe
gzip|gzip|images to probe
ntfs-3g|mkntfs|file systems to probe
dosfstools|mkfs.vfat|file systems to probe
btrfs-progs|mkfs.btrfs|file systems to probe
xfsprogs|mkfs.xfs|file systems to probe
iproute2|ip|network namespaces for swarms
udpcast|udp-receiver|receives by multicast
uftp|uftpd|receives by multicast
procps|ps|looks at processes
openssh-client|ssh|reaches legacy servers
openssh-server|sshd|is a legacy server
systemd|systemd-analyze|judges the unit, hands sockets over, keeps a journal
lintian|lintian|judges the package
debootstrap|debootstrap|makes the clean tree that the package is installed in
groff-base|groff|reads the manual page
bash|bash|completes command lines
zsh|zsh|completes command lines
chromium|chromium|looks at the status page
fonts-dejavu-core|/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf|letters for the browser
'
bench_packages="
hyperfine|hyperfine|times whole commands
opentracker|opentracker|the tracker to compare with
rsync|rsync|copies images, to compare with
"

is_missing() { # what is looked for
  case $1 in
    /*) ! compgen -G "$1" >/dev/null ;;
    *) ! PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null ;;
  esac
}

needed() { # list
  while IFS='|' read -r package sought why; do
    if [ -n "$package" ] && is_missing "$sought"; then
      printf '%s|%s\n' "$package" "$why"
    fi
  done <<<"$1"
}

case ${1-} in
  build) list=$build_packages ;;
  deb) list=$deb_packages ;;
  demo) list=$build_packages$demo_packages ;;
  test) list=$build_packages$deb_packages$demo_packages$test_packages ;;
  bench) list=$build_packages$deb_packages$demo_packages$test_packages$bench_packages ;;
  *) echo "usage: $0 build|deb|demo|test|bench" >&2; exit 2 ;;
esac

missing=$(needed "$list")
[ -n "$missing" ] || exit 0

echo "Missing Debian packages:"
while IFS='|' read -r package why; do printf '  %-20s %s\n' "$package" "$why"; done <<<"$missing"
mapfile -t packages < <(cut -d'|' -f1 <<<"$missing")
if [ "$(id -u)" -ne 0 ]; then
  echo "Not root, so please run: sudo apt-get install ${packages[*]}" >&2
  exit 1
fi
echo "Installing them."
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
