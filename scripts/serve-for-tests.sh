#!/usr/bin/env bash
# usage: scripts/serve-for-tests.sh COMMAND [ARGUMENT...]
# Runs COMMAND beside a server with an empty home on a free port: OPENFANG_URL, OPENFANG_API_KEY, OPENFANG_HOME,
# SERVER_BINARY. With TEST_DATABASE_URL the server uses that database.
set -euo pipefail

[ $# -gt 0 ] || { sed -n '2,4s/^# //p' "$0"; exit 2; }

cd "$(dirname "$0")/.."
cargo build --quiet --bin openfang
home=$(mktemp -d)
server=
stop() {
  status=$?
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  if [ "$status" != 0 ]; then
    echo "--- the end of the server's log" >&2
    tail -n 40 "$home/server.log" >&2 || true
  fi
  rm -rf "$home"
  exit "$status"
}
trap stop EXIT
trap 'exit 130' INT TERM

# A copy, so that a build in the meantime does not change what is tested.
export SERVER_BINARY="$home/openfang"
cp "${CARGO_TARGET_DIR:-target}/debug/openfang" "$SERVER_BINARY"
export OPENFANG_HOME="$home/home" OPENFANG_API_KEY=test-admin-key
export OPENFANG_RATE_LIMIT__ENABLED=false OPENFANG_BUILTIN_SCRIPT=1
if [ -n "${TEST_DATABASE_URL:-}" ]; then export OPENFANG_DATABASE_URL="$TEST_DATABASE_URL"; fi

"$SERVER_BINARY" start --listen 127.0.0.1:0 2>"$home/server.log" &
server=$!
# The banner comes when the listener is up, and names the port.
for _ in $(seq 300); do
  OPENFANG_URL=$(sed -n 's#^ *API *\(http://[^/]*\)/docs.*#\1#p' "$home/server.log")
  if [ -n "$OPENFANG_URL" ]; then break; fi
  kill -0 "$server" 2>/dev/null || { echo "the server did not start" >&2; exit 1; }
  sleep 0.1
done
[ -n "$OPENFANG_URL" ] || { echo "the server was not ready within 30 seconds" >&2; exit 1; }
export OPENFANG_URL
"$@"
