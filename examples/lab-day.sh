#!/usr/bin/env bash
# examples/lab-day.sh [FOLDER]: the day in the lab that labday began with, run by run, with the experiments that
# its author had only planned. docs/lab-day.md tells the story. FOLDER (ten photographs, say) is only read;
# without one, photos are drawn. All lands in labday-out/lab-day/, or in the folder that $OUT names: the notebook
# with its NOTEBOOK.md, and where labday can make it, report.html.
#
# $LABDAY names the program (labday of the PATH, or of build/release); $ROUNDS and $SWEEP_ROUNDS, how often each
# mode is timed (10 and 3).
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
labday=${LABDAY:-$(command -v labday || echo "$here/build/release/labday")}
[ -x "$labday" ] || { echo "lab-day.sh: there is no labday at $labday: build it, or set LABDAY" >&2; exit 2; }
labday=$(realpath "$labday")
rounds=${ROUNDS:-10}
sweep_rounds=${SWEEP_ROUNDS:-3}
out=${OUT:-labday-out/lab-day}

[ $# -eq 0 ] || folder=$(realpath -- "$1")
mkdir -p "$out"
cd "$out"
if [ -e labday-notebook ]; then
  echo "lab-day.sh: $PWD has a notebook already: move it away, or set OUT to another folder" >&2
  exit 2
fi
if [ $# -eq 0 ]; then
  folder=$PWD/photos
  [ -d "$folder" ] || "$labday" samples -o "$folder" --count 6 --size 800x600
fi

# The names of then, and what they were: "multiprocessing" started a process a photo, and joined it at once.
then_modes=blocking,async,multiprocessing:join=each
all_modes=$then_modes,multiprocessing-pool,multiprocessing-joblib
workers=$(nproc)

run() { # run bench|sweep NOTE ARGUMENT...
  local command=$1 note=$2 status=0
  shift 2
  echo
  echo "== labday $command ${*@Q}"
  "$labday" "$command" "$folder" --no-history --note "$note" "$@" || status=$?
  # 1 is said where a photo could not be resized: the day goes on with the others.
  [ "$status" -le 1 ] || exit "$status"
}

run bench "Once each: is one process a photo, started and joined in turn, any faster than none?" \
  --modes "$then_modes" --rounds 1
run bench "The same with a pool instead." \
  --title Pool --modes blocking,async,multiprocessing-pool --rounds 1
run bench "The same with joblib's way of working." \
  --title Joblib --modes blocking,async,multiprocessing-joblib --rounds 1
run bench "All at once. A result belongs to its mode by name here: no label can slide by a row." \
  --title "All MP versions" --modes "$all_modes" --rounds 1
run bench "Several rounds each, in random order, with an interval for every figure." \
  --title Averages --modes "$all_modes" --rounds "$rounds"
run sweep "The number of files of then, and ten times as many, interleaved." \
  --title "10x number of files" --modes "$all_modes" --sources 1x,10x --workers "$workers" --rounds "$sweep_rounds"
run sweep "Planned then, and never done: does the ranking change with larger photos?" \
  --title "Larger images" --modes "$all_modes" --size 1x,2x --workers "$workers" --rounds "$sweep_rounds"
run bench "Planned then, and never done: do not wait for a process before the next one is started." \
  --title "Start without joining" --rounds "$rounds" \
  --modes blocking,multiprocessing:join=each,multiprocessing,multiprocessing-pool

echo
echo "== labday notebook list"
"$labday" notebook list
echo
echo "== labday notebook compare 5 8"
"$labday" notebook compare 5 8
if "$labday" report 5 -o report.html; then
  echo "The report of run 5 is $PWD/report.html."
fi
echo "The notebook is $PWD/labday-notebook/NOTEBOOK.md."
