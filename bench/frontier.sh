#!/usr/bin/env bash
# bench/frontier.sh [FOLDER] [--rounds N]: the encoders alone, on one core: each of labday's PNG levels, libdeflate and
# Pillow, in turn, on the five renditions of each source, and a table of speed and bytes. Sample photos are drawn if no
# folder is given.
set -euo pipefail
folder=
if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then
  folder=$(realpath -- "$1")
  shift
fi
cd "$(dirname "$0")/.."
./setup.sh
targets=(labday_encode_frontier)
[ -n "$folder" ] || targets+=(labday)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ cmake --preset release -DLABDAY_BENCHMARKS=ON && cmake --build build/release --target "${targets[@]}"; } \
  >"$log" 2>&1 || { cat "$log"; exit 1; }
if [ -z "$folder" ]; then
  folder=$PWD/labday-samples
  [ -e "$folder/sample-10.jpg" ] || { rm -rf "$folder"; build/release/labday samples -o "$folder"; }
fi
# Debian's Python: it has Debian's Pillow, and another may come first in the path.
/usr/bin/python3 bench/frontier.py build/release/bench/micro/labday_encode_frontier "$folder" "$@"
