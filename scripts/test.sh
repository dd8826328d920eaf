#!/usr/bin/env bash
# All tests: unit, property and end to end. Further arguments go to dotnet test (for example --filter).
#
# Many tests run real programs with timers of their own beside each other, on few cores. So a few tests that fail are run once more, by
# themselves: what fails twice has failed, what passes then is named at the end as unsteady, to be mended.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PATH:/usr/sbin:/sbin

most_repeated=5

scripts/install-packages.sh test
dotnet build Agent.sln -v quiet --nologo

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# Runs one project's tests; what passed, and what agents inside the tests log, would hide the rest.
run() {
  local log=$1 project=$2
  shift 2
  { dotnet test "tests/$project" --no-build --nologo --logger 'console;verbosity=normal' "$@" 2>&1 || touch "$log.failed"; } \
    | tee "$log" \
    | { grep -Ev '^ +Passed |^Ok, passed|^[0-9-]+ [0-9:]+ (info|dbug): ' || true; }
}

count() { awk -v name="$1:" 'NF == 2 && $1 == name && $2 ~ /^[0-9]+$/ { sum += $2 } END { print sum + 0 }' "${@:2}"; }

# The names of the tests that failed, without the arguments of theories.
failures() { sed -nE 's/^ +Failed ([^ (]+)(\(.*)? \[.*\]$/\1/p' "$1" | sort -u; }

passed=0 failed=0 skipped=0 broken=()
for project in Agent.Tests Agent.EndToEnd; do
  first=$logs/$project again=$logs/$project.again
  run "$first" "$project" "$@"
  (( passed += $(count Passed "$first") )) || true
  (( skipped += $(count Skipped "$first") )) || true
  lost=$(count Failed "$first")
  [ -e "$first.failed" ] || continue
  names=$(failures "$first")
  # Tests that failed without a name, and a run that broke off, are not repeated.
  if [ "$lost" -gt 0 ] && [ "$lost" -le "$most_repeated" ] && grep -q '^Total tests: [0-9]' "$first" && [ -n "$names" ]; then
    echo "Once more, by themselves:" $names
    run "$again" "$project" --filter "$(sed 's/^/FullyQualifiedName=/' <<<"$names" | paste -sd '|')"
    if [ ! -e "$again.failed" ] && [ "$(count Passed "$again")" -ge "$lost" ]; then
      (( passed += lost ))
      continue
    fi
  fi
  (( failed += lost )) || true
  broken+=("$project")
done

# Once more at the very end, where it is looked for: what failed and why, first at length, then by name.
for log in "$logs"/*; do
  awk '/^ +Failed /{ show = 1 } /^ +(Passed|Skipped) |^Test Run/{ show = 0 } show' "$log"
done
for project in Agent.Tests Agent.EndToEnd; do
  verdict="unsteady: failed beside others, passed by itself"
  [[ " ${broken[*]-} " == *" $project "* ]] && verdict="failed"
  failures "$logs/$project" | sed "s/$/ ($verdict)/"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$passed" -gt 0 ] || { echo "no test ran" >&2; exit 1; }
if [ "${CI-}" = true ] && [ "$skipped" -gt 0 ]; then
  echo "skipped tests count as failed in CI" >&2
  exit 1
fi
if [ "${#broken[@]}" -gt 0 ]; then
  echo "not all is well in: ${broken[*]}" >&2
  exit 1
fi
