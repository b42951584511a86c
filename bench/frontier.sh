#!/usr/bin/env bash
# bench/frontier.sh [FOLDER] [--rounds N]: the encoders alone, on one core: each of labday's PNG levels, libdeflate and
# Pillow, in turn, on the five renditions of each source, and a table of speed and bytes. Sample photos are drawn if no
# folder is given.
set -euo pipefail
source "$(dirname "$0")/lib/begin.sh"
take_folder "$@"
cd "$(dirname "$0")/.."
build -DLABDAY_BENCHMARKS=ON labday_encode_frontier labday
draw_samples
# Debian's Python: it has Debian's Pillow, and another may come first in the path.
/usr/bin/python3 bench/frontier.py build/release/bench/micro/labday_encode_frontier "$folder" "${rest[@]}"
