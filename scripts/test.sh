#!/usr/bin/env bash
# All tests: unit, property and end to end. Further arguments go to dotnet test (for example --filter).
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PATH:/usr/sbin:/sbin

scripts/install-packages.sh test
dotnet build Agent.sln -v quiet --nologo

log=$(mktemp)
failure=$(mktemp -u)
trap 'rm -f "$log" "$failure"' EXIT
for project in Agent.Tests Agent.EndToEnd; do
  # What passed, and what agents inside the tests log, would hide the rest.
  { dotnet test "tests/$project" --no-build --nologo --logger 'console;verbosity=normal' "$@" 2>&1 || touch "$failure"; } \
    | tee -a "$log" \
    | { grep -Ev '^ +Passed |^Ok, passed|^[0-9-]+ [0-9:]+ (info|dbug): ' || true; }
done

count() { awk -v name="$1:" 'NF == 2 && $1 == name && $2 ~ /^[0-9]+$/ { sum += $2 } END { print sum + 0 }' "$log"; }
passed=$(count Passed) failed=$(count Failed) skipped=$(count Skipped)
# Once more at the very end, where it is looked for: what failed, and why.
[ "$failed" -eq 0 ] || awk '/^ +Failed /{ show = 1 } /^ +(Passed|Skipped) |^Test Run/{ show = 0 } show' "$log"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$passed" -gt 0 ] || { echo "no test ran" >&2; exit 1; }
if [ "${CI-}" = true ] && [ "$skipped" -gt 0 ]; then
  echo "skipped tests count as failed in CI" >&2
  exit 1
fi
[ ! -e "$failure" ]
