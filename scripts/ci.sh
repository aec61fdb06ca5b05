#!/usr/bin/env bash
# usage: scripts/ci.sh     (make ci)
# Runs every check, the rest too when one fails, and ends with a table of times and the number of tests.
set -uo pipefail

cd "$(dirname "$0")/.."
export CI=true
steps=(fmt-check lint test-sqlite test-crash-points test-postgres coverage-check spec-check spec-lint clients-check clients-test contract ui-test)
logs=$PWD/.cache/ci
rm -rf "$logs" && mkdir -p "$logs"

table=() failed=()
for step in "${steps[@]}"; do
  echo "=== $step"
  began=$SECONDS outcome=ok
  if ! make --no-print-directory "$step" 2>&1 | tee "$logs/$step"; then
    outcome=FAILED
    failed+=("$step")
  fi
  table+=("$(printf '%-16s %4d s  %s' "$step" $((SECONDS - began)) "$outcome")")
done

echo "=== times"
printf '%s\n' "${table[@]}" "$(printf '%-16s %4d s' all $SECONDS)"

# The closing lines of nextest, node's runner and pytest.
count() {
  cat "$logs"/* | sed 's/\x1b\[[0-9;]*m//g' | awk -v word="$1" '
    /^ *Summary \[/ || /^=*[ 0-9a-z,]*(passed|failed)[ 0-9a-z,]* in [0-9.]+s/ {
      for (i = 2; i <= NF; i++) if ($i ~ "^" word ",?$") total += $(i - 1)
    }
    ($1 == "#" || $1 == "ℹ") && $2 == (word == "passed" ? "pass" : "fail") { total += $3 }
    END { print total + 0 }'
}
[ ${#failed[@]} = 0 ] || echo "failed: ${failed[*]}"
# A step that fails without a failed test counts as one.
broken=$(count failed)
[ "$broken" -ge ${#failed[@]} ] || broken=${#failed[@]}
echo "$(count passed) passed, $broken failed"
[ ${#failed[@]} = 0 ]
