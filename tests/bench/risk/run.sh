#!/bin/bash
# Times the analysis of 3,000 migration files from a cold start, each round a new process.
#   usage: run.sh <safedb program> [work folder] [rounds]
# For a program that starts as fast as one installed by a package: dotnet publish src/SafeDb.Cli -c Release -r linux-x64 --self-contained false -p:PublishReadyToRun=true -o out
set -euo pipefail
safedb=$1 work=${2:-$(mktemp -d)} rounds=${3:-5}
python3 "$(dirname "$0")/generate.py" "$work/migrations" 3000
for round in $(seq "$rounds"); do
  # Exit code 3 says that something dangerous was found, as it should be.
  /usr/bin/env time -f '%e s wall  %U s user  %S s system  %M KiB' -o "$work/time" "$safedb" risk "$work/migrations" --engine PostgreSql > "$work/report" || [ $? -eq 3 ]
  tail -1 "$work/time"
done
tail -1 "$work/report"
