#!/usr/bin/env bash
# bench/records_cost.sh [--sources N] [--size WxH] [--pairs N] [--modes LIST]: what the records of `labday bench` add to
# a task. See records_cost.py.
set -euo pipefail
cd "$(dirname "$0")/.."
./setup.sh
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ cmake --preset release && cmake --build build/release --target labday; } >"$log" 2>&1 || { cat "$log"; exit 1; }
PYTHONPATH=bench /usr/bin/python3 bench/records_cost.py build/release/labday "$@"
