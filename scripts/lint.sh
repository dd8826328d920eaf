#!/usr/bin/env bash
# Layout and style of the sources as .editorconfig says; scripts as bash and shellcheck, where it is installed, say.
set -euo pipefail
cd "$(dirname "$0")/.."

dotnet restore Agent.sln -v quiet --nologo
dotnet format Agent.sln --verify-no-changes --no-restore
for script in scripts/*.sh .ci/run; do bash -n "$script"; done
if command -v shellcheck >/dev/null; then
  shellcheck scripts/*.sh .ci/run
fi
if git grep -nIP '[ \t]+$' -- '*.sh' '*.md' '*.toml' '*.props' '*.csproj' Makefile; then
  echo "trailing blanks" >&2
  exit 1
fi
