#!/bin/bash
# Times one backup to a folder and the same backup to a blob endpoint, turn by turn in one run, and looks at memory and at what the client wrote to disks.
#   usage: run.sh <safedb program> <database address> <work folder> [rounds]
# The endpoint is sink.mjs beside this script (needs node). Wall times on a busy machine say little by themselves: their ratio and the client's CPU seconds do.
set -euo pipefail
safedb=$1 url=$2 work=$3 rounds=${4:-5}
here=$(cd "$(dirname "$0")" && pwd)
export SAFEDB_BENCH_KEY=$(head -c 32 /dev/urandom | base64)
mkdir -p "$work/tmp"
export TMPDIR="$work/tmp"
node "$here/sink.mjs" > "$work/sink" &
sink=$!
trap 'kill $sink' EXIT
until [ -s "$work/sink" ]; do sleep 0.1; done
blob="http://127.0.0.1:$(head -1 "$work/sink")/account/bench"
export AZURE_STORAGE_SAS_TOKEN='sv=2021-12-02&sig=none'

measure() { # name, destination: prints seconds, CPU seconds, peak memory and 512-byte blocks that the client wrote to file systems
  /usr/bin/env time -f "%e %U %S %M %O" -o "$work/time" "$safedb" backup "$url" --destination "$2" --key-env SAFEDB_BENCH_KEY --jobs 2 > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  read -r wall user system memory out < "$work/time"
  printf '%s %s %s %s %s\n' "$1" "$wall" "$(echo "$user + $system" | bc)" $((memory / 1024)) "$out" | tee -a "$work/results"
}

rm -f "$work/results"
for _ in $(seq "$rounds"); do
  rm -rf "$work/archive"
  mkdir -p "$work/archive"
  measure folder "$work/archive"
  size=$(stat -c %s "$work"/archive/*.safedb)
  measure blob "$blob"
  ls -A "$work/tmp" | sed 's/^/temporary file left: /'
done

# The archive itself goes either to the disk or to the endpoint.
echo "archive: $size bytes in the folder, $(tail -1 "$work/sink") bytes staged at the endpoint"
sort -k1,1 -k2,2n "$work/results" | awk -v rounds="$rounds" '
  { n[$1]++; if (n[$1] == int((rounds + 1) / 2)) wall[$1] = $2; cpu[$1] += $3; if ($4 > peak[$1]) peak[$1] = $4; if ($5 > out[$1]) out[$1] = $5 }
  END { for (k in wall) printf "%-7s median %6.2f s, client cpu %6.2f s on average, peak %d MB, wrote at most %d KB to file systems\n", k, wall[k], cpu[k] / rounds, peak[k], out[k] / 2
        printf "throughput to blobs: %.0f %% of that to the folder\n", 100 * wall["folder"] / wall["blob"] }'
