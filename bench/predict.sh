#!/usr/bin/env bash
# bench/predict.sh [FOLDER] [--rounds N] …: predicted against measured times of every mode, one worker to two. See
# predict.py. Sample photos are drawn if no folder is given.
set -euo pipefail
source "$(dirname "$0")/lib/begin.sh"
take_folder "$@"
cd "$(dirname "$0")/.."
build labday
draw_samples
PYTHONPATH=bench /usr/bin/python3 bench/predict.py build/release/labday "$folder" "${rest[@]}"
