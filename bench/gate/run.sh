#!/usr/bin/env bash
# bench/gate/run.sh [--update] [--tolerance PERCENT]: counts the instructions of each stage and compares them with those
# of counts.json. Exit status: 0 no stage grew, 1 one did, 77 nothing could be compared. See bench/README.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
./setup.sh
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ cmake --preset release && cmake --build build/release --target labday_gate_workload; } >"$log" 2>&1 ||
  { cat "$log"; exit 1; }
/usr/bin/python3 bench/gate/check.py build/release/bench/gate/labday_gate_workload "$@"
