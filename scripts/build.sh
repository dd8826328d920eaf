#!/usr/bin/env bash
# Builds dist/ogrepo-agent, the Native AOT binary. A warning fails the build.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-packages.sh build
case $(uname -m) in
  x86_64) runtime=linux-x64 ;;
  aarch64) runtime=linux-arm64 ;;
  *) echo "ogrepo-agent is built for x86-64 and arm64, not for $(uname -m)" >&2; exit 1 ;;
esac

dotnet publish agent -c Release -r "$runtime" -o out/publish -v quiet --nologo
mkdir -p dist
cp out/publish/ogrepo-agent dist/ogrepo-agent.new
mv dist/ogrepo-agent.new dist/ogrepo-agent
echo "dist/ogrepo-agent: $(stat -c %s dist/ogrepo-agent) bytes"
