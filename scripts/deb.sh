#!/usr/bin/env bash
# Packs dist/ogrepo-agent, as scripts/build.sh made it, into dist/ogrepo-agent_VERSION_ARCHITECTURE.deb.
#
#   scripts/deb.sh [DIR]      DIR: where the package goes, dist if not said; OGREPO_VERSION packs as another version, for tests of upgrades
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:-dist}

scripts/install-packages.sh deb
binary=dist/ogrepo-agent
[ -x "$binary" ] || { echo "$binary is not there; make it by: make build" >&2; exit 1; }

# The one place that names the version is Directory.Build.props.
version=${OGREPO_VERSION:-$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)}
architecture=$(dpkg --print-architecture)
maintainer="ogrepo-agent maintainers <maintainers@users.noreply.example>"
# The same sources give the same package, byte for byte.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y Directory.Build.props)}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
doc=$tree/usr/share/doc/ogrepo-agent

put() { # mode source path
  install -D -m "$1" "$2" "$tree$3"
}

put 755 "$binary" /usr/bin/ogrepo-agent
put 640 agent.toml.example /etc/ogrepo-agent/agent.toml
put 644 packaging/ogrepo-agent.service /usr/lib/systemd/system/ogrepo-agent.service
put 644 packaging/ogrepo-agent.socket /usr/lib/systemd/system/ogrepo-agent.socket
put 644 packaging/ogrepo-agent.sysusers /usr/lib/sysusers.d/ogrepo-agent.conf
put 644 packaging/ogrepo-agent.tmpfiles /usr/lib/tmpfiles.d/ogrepo-agent.conf
put 644 packaging/ogrepo-agent.lintian /usr/share/lintian/overrides/ogrepo-agent
put 644 packaging/copyright /usr/share/doc/ogrepo-agent/copyright
for page in README.md CONTRIBUTING.md agent.toml.example docs/*; do
  put 644 "$page" "/usr/share/doc/ogrepo-agent/$page"
done

# What the commands say of themselves.
"$binary" generate man >"$work/man"
"$binary" generate bash >"$work/bash"
"$binary" generate zsh >"$work/zsh"
gzip -9n "$work/man"
put 644 "$work/man.gz" /usr/share/man/man1/ogrepo-agent.1.gz
put 644 "$work/bash" /usr/share/bash-completion/completions/ogrepo-agent
put 644 "$work/zsh" /usr/share/zsh/vendor-completions/_ogrepo-agent

{
  echo "ogrepo-agent ($version) stable; urgency=medium"
  echo
  echo "  * Version $version; what changed is told by the history of the sources."
  echo
  echo " -- $maintainer  $(date -u -R -d "@$SOURCE_DATE_EPOCH")"
} >"$work/changelog"
gzip -9n "$work/changelog"
put 644 "$work/changelog.gz" /usr/share/doc/ogrepo-agent/changelog.gz

# The notices of what is linked in, as they came with it.
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
runtime=$(sed -n 's:.*<AgentRuntimeVersion>\(.*\)</AgentRuntimeVersion>.*:\1:p' Directory.Packages.props)
compiler=$(find "$packages" -maxdepth 2 -path "*/runtime.linux-*.microsoft.dotnet.ilcompiler/$runtime" | head -n 1)
[ -n "$compiler" ] || { echo "the licences of the .NET runtime $runtime are not in $packages" >&2; exit 1; }
put 644 "$compiler/LICENSE.TXT" /usr/share/doc/ogrepo-agent/third-party/dotnet-runtime
put 644 "$compiler/THIRD-PARTY-NOTICES.TXT" /usr/share/doc/ogrepo-agent/third-party/dotnet-notices
for library in libzstd-dev liblzma-dev libbz2-dev liblz4-dev libsqlite3-dev; do
  put 644 "/usr/share/doc/$library/copyright" "/usr/share/doc/ogrepo-agent/third-party/$library"
done
gzip -9n "$doc"/third-party/*

# Libraries that the binary names, and OpenSSL, which it loads by itself; each with the package that has it here.
needed() {
  ldd "$binary" | awk '$3 ~ /^\// { print $3 }'
}
owners() {
  while read -r library; do
    dpkg-query -S "$library" "/usr$library" 2>/dev/null || true
  done | cut -d: -f1 | sort -u
}
depends=
for package in $(needed | owners); do
  depends+="$package (>= $(dpkg-query -W -f '${Version}' "$package" | sed 's/[-+~].*//')), "
done
depends+="libssl3t64 | libssl3"

mkdir -p "$tree/DEBIAN"
sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@DEPENDS@/$depends/; s/@MAINTAINER@/$maintainer/" \
    -e "s/@SIZE@/$(du -sk --apparent-size "$tree" | cut -f1)/" packaging/control.in >"$tree/DEBIAN/control"
echo /etc/ogrepo-agent/agent.toml >"$tree/DEBIAN/conffiles"
install -m 755 packaging/postinst packaging/prerm packaging/postrm "$tree/DEBIAN/"
(cd "$tree" && find . -type f -not -path './DEBIAN/*' -printf '%P\n' | LC_ALL=C sort | xargs md5sum >DEBIAN/md5sums)
find "$tree" -newermt "@$SOURCE_DATE_EPOCH" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
chmod 644 "$tree/DEBIAN/control" "$tree/DEBIAN/conffiles" "$tree/DEBIAN/md5sums"

mkdir -p "$target"
package=$target/ogrepo-agent_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz -z1 --build "$tree" "$package.new" >/dev/null
mv "$package.new" "$package"
echo "$package: $(stat -c %s "$package") bytes"
