#!/usr/bin/env bash
# bench/against_pillow.sh [FOLDER] [--rounds N]: the same job by labday on one core and by Pillow, in turn, and a
# table of seconds, ratios and bytes. Sample photos are drawn if no folder is given.
set -euo pipefail
folder=
if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then
  folder=$(realpath -- "$1")
  shift
fi
cd "$(dirname "$0")/.."
./setup.sh
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ cmake --preset release && cmake --build build/release --target labday; } >"$log" 2>&1 || { cat "$log"; exit 1; }
if [ -z "$folder" ]; then
  folder=$PWD/labday-samples
  [ -e "$folder/sample-10.jpg" ] || { rm -rf "$folder"; build/release/labday samples -o "$folder"; }
fi
# Debian's Python: it has Debian's Pillow, and another may come first in the path.
/usr/bin/python3 bench/against_pillow.py build/release/labday "$folder" "$@"
