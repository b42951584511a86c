#!/usr/bin/env bash
# bench/peers/run.sh [FOLDER] [--rounds N] [--size-class CLASS,...] [--cores one,all] [--tools TOOL,...] [--output DIR]:
# the same job by labday, Pillow, sharp, libvips, ImageMagick and GraphicsMagick, in turn; a table and a picture.
# Installs the peers, from Debian and npm. Sample photos are drawn if no folder is given. See bench/README.md.
set -euo pipefail
source "$(dirname "$0")/../lib/begin.sh"
take_folder "$@"
cd "$(dirname "$0")/../.."
build labday
draw_samples
peers=(gir1.2-vips-8.0 python3-gi graphicsmagick imagemagick)
command -v npm >/dev/null || peers+=(nodejs npm)
# A peer that cannot be had is named and left out further down; the others are still compared.
./setup.sh "${peers[@]}" || echo "Not all peers could be installed." >&2
bench/peers/install_sharp.sh
PYTHONPATH=$PWD/bench /usr/bin/python3 -m peers "$PWD/build/release/labday" "$folder" "${rest[@]}"
