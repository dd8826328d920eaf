#!/usr/bin/env bash
# All tests: unit, property and end to end. Further arguments go to dotnet test (for example --filter).
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PATH:/usr/sbin:/sbin

scripts/install-packages.sh test
dotnet build Agent.sln -v quiet --nologo

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
for project in Agent.Tests Agent.EndToEnd; do
  dotnet test "tests/$project" --no-build --nologo --logger 'console;verbosity=normal' "$@" 2>&1 | tee -a "$log" \
    | grep -Ev '^ +Passed ' || true
  [ "${PIPESTATUS[0]}" -eq 0 ] || status=1
done

count() { grep -E "^ *$1: [0-9]+ *$" "$log" | awk '{ sum += $2 } END { print sum + 0 }'; }
passed=$(count Passed) failed=$(count Failed) skipped=$(count Skipped)
# Once more at the very end, where it is looked for: what failed, and why.
[ "$failed" -eq 0 ] || awk '/^ +Failed /{ show = 1 } /^ +(Passed|Skipped) |^Test Run/{ show = 0 } show' "$log"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$passed" -gt 0 ] || { echo "no test ran" >&2; exit 1; }
if [ "${CI-}" = true ] && [ "$skipped" -gt 0 ]; then
  echo "skipped tests count as failed in CI" >&2
  exit 1
fi
exit "$status"
