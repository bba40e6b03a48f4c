#!/bin/bash
# with_postgres.sh COMMAND…: runs COMMAND with a private PostgreSQL 15, whose URL is in GATEHOUSE_TEST_POSTGRES, and stops it always.
# PostgreSQL refuses to run as root: then it runs as the user postgres. Its data is thrown away, so that it needs no fsync.
set -euo pipefail

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
if [ -z "$bin" ]; then
  echo "with_postgres.sh: PostgreSQL is not installed (tools/install_packages.sh test); the tests on it will be NOT RUN" >&2
  exec "$@"
fi

folder=$(mktemp -d /tmp/gatehouse-postgres.XXXXXX)
as=()
if [ "$(id -u)" = 0 ]; then
  chown postgres:postgres "$folder"
  as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi
chmod 755 "$folder"

stop() {
  status=$?
  trap - EXIT
  "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$folder"
  exit "$status"
}
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

cd "$folder"
"${as[@]}" "$bin/initdb" -D "$folder/data" -U gatehouse -A trust -E UTF8 --locale=C.UTF-8 --no-sync >initdb.log 2>&1 || {
  cat initdb.log >&2
  exit 1
}
cat >>"$folder/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$folder'
fsync = off
max_connections = 60
CONF
"${as[@]}" "$bin/pg_ctl" -D "$folder/data" -l "$folder/data/server.log" -w -t 60 start >/dev/null || {
  cat "$folder/data/server.log" >&2
  exit 1
}
cd "$OLDPWD"
export GATEHOUSE_TEST_POSTGRES="postgresql://gatehouse@/postgres?host=$folder"
"$@" <&0 &
child=$!
trap 'kill -TERM "$child" 2>/dev/null; wait "$child"; exit 130' INT
trap 'kill -TERM "$child" 2>/dev/null; wait "$child"; exit 143' TERM
wait "$child"
