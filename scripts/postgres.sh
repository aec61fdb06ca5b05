#!/usr/bin/env bash
# usage: scripts/postgres.sh COMMAND [ARGUMENT...]
# Runs COMMAND with TEST_DATABASE_URL of a PostgreSQL cluster that is made for it and thrown away afterwards.
set -euo pipefail

[ $# -gt 0 ] || { sed -n '2,3s/^# //p' "$0"; exit 2; }

find_program() {
  command -v "$1" || ls -d /usr/lib/postgresql/*/bin/"$1" 2>/dev/null | sort -V | tail -1
}
initdb=$(find_program initdb) pg_ctl=$(find_program pg_ctl)
if [ -z "$initdb" ] || [ -z "$pg_ctl" ]; then
  echo "PostgreSQL is missing: install postgresql (15 or newer), which has initdb and pg_ctl" >&2
  exit 3
fi

folder=$(mktemp -d)
# PostgreSQL refuses to run as root.
owner=()
if [ "$(id -u)" = 0 ]; then
  user=nobody
  if id postgres >/dev/null 2>&1; then user=postgres; fi
  chown "$user" "$folder"
  owner=(setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups env HOME="$folder")
fi

stop() {
  status=$?
  (cd "$folder" && "${owner[@]}" "$pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1) || true
  rm -rf "$folder"
  exit "$status"
}
trap stop EXIT
trap 'exit 130' INT TERM

(cd "$folder" && "${owner[@]}" "$initdb" -D "$folder/data" -U openfang -A trust -E UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1) ||
  { cat "$folder/initdb.log" >&2; exit 1; }
cat >>"$folder/data/postgresql.conf" <<EOF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$folder'
max_connections = 300
fsync = off
synchronous_commit = off
full_page_writes = off
EOF

# A port can be taken between choosing and using it, so another one is tried.
started=
for _ in 1 2 3 4 5; do
  port=$((20000 + RANDOM % 30000))
  if (cd "$folder" && "${owner[@]}" "$pg_ctl" -D "$folder/data" -w -l "$folder/server.log" -o "-p $port" start >/dev/null 2>&1); then
    started=yes
    break
  fi
done
[ -n "$started" ] || { cat "$folder/server.log" >&2; exit 1; }

export TEST_DATABASE_URL="postgres://openfang@127.0.0.1:$port/postgres"
"$@"
