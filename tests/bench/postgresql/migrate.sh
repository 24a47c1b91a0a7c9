#!/bin/bash
# Times the whole envelope of `safedb migrate` beside the hand-made sequence of the same safety: dump, restore aside, try the migration there, run it on the database. Side by side in one run.
#   usage: migrate.sh <safedb program> <database address> <work folder> [rounds]
# The address is a postgresql:// URI of a database that shop.sql filled; its user must be allowed to create databases. The hand-made sequence compares nothing, and tries no way back.
set -euo pipefail
safedb=$1 url=$2 work=$3 rounds=${4:-3}
jobs=2
export SAFEDB_BENCH_KEY=$(head -c 32 /dev/urandom | base64)
base=${url%/*}
rm -rf "$work/migrations"
mkdir -p "$work/migrations"
table=$(psql -qXAt -d "$url" -c "select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname = 'public' and c.relname not like 'safedb%' order by c.relpages desc limit 1")
echo "ALTER TABLE $table ADD COLUMN bench_mark integer;" > "$work/migrations/001_mark.up.sql"
echo "ALTER TABLE $table DROP COLUMN bench_mark;" > "$work/migrations/001_mark.down.sql"

seconds() { # name, command…
  local name=$1 begin; shift
  begin=$(date +%s.%N)
  "$@" > "$work/log" 2>&1 || { tail -20 "$work/log"; exit 1; }
  printf '%-44s %8.2f s\n' "$name" "$(echo "$(date +%s.%N) - $begin" | bc)"
}

by_hand() {
  rm -rf "$work/dump"
  pg_dump -Fd -j$jobs -f "$work/dump" "$url"
  psql -qX -d "$base/postgres" -c "DROP DATABASE IF EXISTS bench_aside WITH (FORCE)" -c "CREATE DATABASE bench_aside TEMPLATE template0"
  pg_restore -j$jobs -d "$base/bench_aside" "$work/dump"
  psql -qX -v ON_ERROR_STOP=1 -1 -d "$base/bench_aside" -f "$work/migrations/001_mark.up.sql"
  psql -qX -v ON_ERROR_STOP=1 -1 -d "$url" -f "$work/migrations/001_mark.up.sql"
  psql -qX -d "$base/postgres" -c "DROP DATABASE bench_aside WITH (FORCE)"
}

with_safedb() {
  rm -rf "$work/archive" "$work/evidence"
  "$safedb" migrate "$url" "$work/migrations" --destination "$work/archive" --key-env SAFEDB_BENCH_KEY --evidence "$work/evidence" --allow-hazard several-logical-changes --yes "${@}"
}

clean() {
  psql -qX -d "$url" -c "SET client_min_messages = warning" -c "ALTER TABLE $table DROP COLUMN IF EXISTS bench_mark" -c "DROP TABLE IF EXISTS safedb_migrations, safedb_journal"
}

for round in $(seq "$rounds"); do
  echo "round $round, $table"
  clean
  seconds "by hand: pg_dump | pg_restore, psql twice" by_hand
  clean
  seconds "safedb migrate, the whole envelope" with_safedb
  clean
done
