#!/usr/bin/env bash
# usage: tests/ui/run.sh [FILE...]
# Checks that web/dist is what web/src builds to, then tries the page in a headless Chromium against a server of its own
# for each file. CHROMIUM names another browser.
set -euo pipefail

cd "$(dirname "$0")/../.."
export CHROMIUM="${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}"
[ -n "$CHROMIUM" ] || { echo "Chromium is missing: apt-get install --no-install-recommends chromium" >&2; exit 1; }
command -v npm >/dev/null || { echo "npm is missing: install Node.js 20 or newer" >&2; exit 1; }

for project in web tests/ui; do
  [ -f "$project/node_modules/.package-lock.json" ] || npm ci --prefix "$project" --no-audit --no-fund --silent
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm run --prefix web --silent check
npm run --prefix web --silent build -- --outDir "$folder/dist" --emptyOutDir --logLevel error
diff -r web/dist "$folder/dist" || { echo "web/dist is stale: npm run build in web/, and commit" >&2; exit 1; }

cargo build --quiet --bin openfang
# A copy, so that a build in the meantime does not change what is tested.
cp "${CARGO_TARGET_DIR:-target}/debug/openfang" "$folder/openfang"
export OPENFANG_BINARY="$folder/openfang"

if [ $# -eq 0 ]; then set -- tests/ui/*.test.mjs; fi
# One file after the other: browser and server share the processors with nobody then.
node --test --test-concurrency=1 "$@"
