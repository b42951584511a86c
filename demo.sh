#!/usr/bin/env bash
# ./demo.sh [FOLDER]: sets up, builds, and runs labday on FOLDER, or on sample photos that it draws. Makes the
# renditions, then times every mode. FOLDER is only read; everything lands in labday-out/.
set -euo pipefail
folder=$(realpath -- "${1:-.}")
cd "$(dirname "$0")"

./setup.sh
echo "Building labday …"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ cmake --preset release && cmake --build build/release --target labday; } >"$log" 2>&1 || { cat "$log"; exit 1; }
labday=build/release/labday

if [ $# -eq 0 ]; then
  folder=$PWD/labday-samples
  if [ ! -e "$folder" ]; then
    rm -rf "$folder.part"
    "$labday" samples -o "$folder.part"
    mv "$folder.part" "$folder"
  fi
fi

out=labday-out
mkdir -p "$out"
echo
echo "Resizing $folder:"
status=0
"$labday" resize "$folder" -o "$out/renditions" --on-exists replace || status=$?
# 1: some files failed, and were named; the rest is done and can be timed.
[ "$status" -le 1 ] || exit "$status"

echo
echo "Timing every mode on it:"
"$labday" bench "$folder" --rounds "${LABDAY_ROUNDS:-3}" --json "$out/bench.json" || status=$?

echo "The renditions are in $out/renditions/, the figures of every round in $out/bench.json."
# Without npm there is no page, and labday says so.
"$labday" report "$out/bench.json" -o "$out/report.html" || true
echo "The program is $labday: try $labday --help."
exit "$status"
