#!/usr/bin/env bash
# bench/against_pillow.sh [FOLDER] [--rounds N]: the same job by labday on one core and by Pillow, in turn, and a
# table of seconds, ratios and bytes. Sample photos are drawn if no folder is given.
set -euo pipefail
source "$(dirname "$0")/lib/begin.sh"
take_folder "$@"
cd "$(dirname "$0")/.."
build labday
draw_samples
# Debian's Python: it has Debian's Pillow, and another may come first in the path.
/usr/bin/python3 bench/against_pillow.py build/release/labday "$folder" "${rest[@]}"
