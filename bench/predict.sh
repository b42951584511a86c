#!/usr/bin/env bash
# bench/predict.sh [FOLDER] [--rounds N] …: predicted against measured times of every mode, one worker to two. See
# predict.py. Sample photos are drawn if no folder is given.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
folder=
if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then folder=$(realpath -- "$1"); shift; fi
cd "$here"
./setup.sh
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ cmake --preset release && cmake --build build/release --target labday; } >"$log" 2>&1 || { cat "$log"; exit 1; }
if [ -z "$folder" ]; then
  folder=$PWD/labday-samples
  [ -e "$folder/sample-10.jpg" ] || { rm -rf "$folder"; build/release/labday samples -o "$folder"; }
fi
PYTHONPATH=bench /usr/bin/python3 bench/predict.py build/release/labday "$folder" "$@"
