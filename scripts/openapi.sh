#!/usr/bin/env bash
# Writes agent/Api/OpenApi/openapi.json and docs/api.md anew from what the routes say of themselves. A test fails while they are out of date.
set -euo pipefail
cd "$(dirname "$0")/.."
OGREPO_WRITE_OPENAPI=1 dotnet test tests/Agent.Tests --nologo -v quiet --filter FullyQualifiedName~The_committed_document_is_what_the_routes_say
git --no-pager diff --stat -- agent/Api/OpenApi/openapi.json docs/api.md
