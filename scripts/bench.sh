#!/bin/sh
# Measures the agent's hashing, seeder, tracker and imports against the programs they replace. Installs nothing; says what is missing.
# usage: scripts/bench.sh [COMMAND [--dir DIR] [--rounds N] [--mib N]]; without a command, all of them.
set -eu
cd "$(dirname "$0")/.."

missing=
while read -r program package; do
  command -v "$program" >/dev/null || missing="$missing $package"
done <<LIST
dotnet dotnet-sdk-10.0
cc gcc
openssl openssl
md5sum coreutils
sha1sum coreutils
ctorrent ctorrent
mktorrent mktorrent
transmission-create transmission-cli
aria2c aria2
opentracker opentracker
curl curl
rsync rsync
ssh openssh-client
LIST
if [ -n "$missing" ]; then
  echo "bench: not installed, and needed for the comparison:$missing" >&2
  exit 1
fi

# Native code, as it is delivered: with a compiler at run time the first rounds would measure the compiler.
arch=$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
dotnet publish tests/Agent.Benchmarks -c Release -r "linux-$arch" -o out/bench -v quiet -nologo

if [ "${1:-replicate}" = replicate ]; then
  scripts/build.sh
fi

if [ $# -gt 0 ]; then
  exec out/bench/ogrepo-bench "$@"
fi
for command in index many check seed tracker replicate; do
  out/bench/ogrepo-bench "$command"
done
