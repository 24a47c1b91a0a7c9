#!/bin/bash
# Times SafeDb against PostgreSQL's own programs on one database, side by side in one run.
#   usage: run.sh <safedb program> <database address> <work folder> [rounds] [data folder of the server, when it runs on this machine: then its processor time is told too]
# The address is a postgresql:// URI of a database that shop.sql or single.sql (one table that holds everything) filled; its user must be allowed to create databases. Programs are taken from PATH.
set -euo pipefail
safedb=$1 url=$2 work=$3 rounds=${4:-3} data=${5:-}
jobs=2
export SAFEDB_BENCH_KEY=$(head -c 32 /dev/urandom | base64)
base=${url%/*}
mkdir -p "$work"

copy_all() { # every table's rows to nowhere, the largest first: what the server itself needs to give them out
  psql -qXAt -d "$1" -c "SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND oid >= 16384 ORDER BY pg_table_size(oid) DESC" \
    | xargs -P $jobs -I{} psql -qX -d "$1" -c 'COPY {} TO STDOUT' > /dev/null
}
export -f copy_all
export jobs

server_cpu() { # processor seconds of the server's processes, past and present
  [ -n "$data" ] || { echo 0; return; }
  local postmaster; postmaster=$(head -1 "$data/postmaster.pid")
  { sed 's/^.*) //' "/proc/$postmaster/stat" | awk '{ print $12 + $13 + $14 + $15 }'
    for process in $(pgrep -P "$postmaster"); do sed 's/^.*) //' "/proc/$process/stat" 2> /dev/null | awk '{ print $12 + $13 }'; done
  } | awk -v hertz="$(getconf CLK_TCK)" '{ sum += $1 } END { printf "%.2f", sum / hertz }'
}

measure() { # name, command…: prints name, seconds, CPU seconds of client and server, and peak memory of the client
  local name=$1; shift
  [ "$1" != copy_all ] || set -- bash -c 'copy_all "$0"' "$2"
  local before; before=$(server_cpu)
  /usr/bin/env time -f "%e %U %S %M" -o "$work/time" "$@" > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  read -r wall user system memory < "$work/time"
  printf '%-28s %8.2f s  client cpu %6.2f s  server cpu %6.2f s  peak %5d MB\n' "$name" "$wall" "$(echo "$user + $system" | bc)" "$(echo "$(server_cpu) - $before" | bc)" $((memory / 1024))
}

for round in $(seq "$rounds"); do
  echo "round $round"
  rm -rf "$work"/dump* "$work"/archive
  mkdir -p "$work/archive"
  measure "COPY to nowhere, $jobs at once" copy_all "$url"
  measure "pg_dump -Fd -j$jobs" pg_dump -Fd -j$jobs -f "$work/dump6" "$url"
  measure "pg_dump -Fd -j$jobs -Z1" pg_dump -Fd -j$jobs -Z1 -f "$work/dump1" "$url"
  measure "pg_dump -Fd -j$jobs -Z0" pg_dump -Fd -j$jobs -Z0 -f "$work/dump0" "$url"
  measure "safedb backup" "$safedb" backup "$url" --destination "$work/archive" --key-env SAFEDB_BENCH_KEY --jobs $jobs
  du -sm "$work/dump6" "$work/dump1" "$work/dump0" "$work/archive"
  psql -qX -d "$base/postgres" -c "DROP DATABASE IF EXISTS bench_pg WITH (FORCE)" -c "CREATE DATABASE bench_pg TEMPLATE template0"
  measure "pg_restore -j$jobs" pg_restore -j$jobs -d "$base/bench_pg" "$work/dump1"
  psql -qX -d "$base/postgres" -c "DROP DATABASE bench_pg WITH (FORCE)"
  archive=$(ls "$work"/archive/*.safedb)
  measure "safedb restore" "$safedb" restore "$archive" "$base/bench_safedb" --key-env SAFEDB_BENCH_KEY --jobs $jobs --yes
  psql -qX -d "$base/postgres" -c "DROP DATABASE bench_safedb WITH (FORCE)"
  measure "safedb test (drill)" "$safedb" test "$archive" --level Restore --database "$url" --key-env SAFEDB_BENCH_KEY --jobs $jobs
done
