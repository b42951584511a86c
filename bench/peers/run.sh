#!/usr/bin/env bash
# bench/peers/run.sh [FOLDER] [--rounds N] [--size-class CLASS,...] [--cores one,all] [--tools TOOL,...] [--output DIR]:
# the same job by labday, Pillow, sharp, libvips, ImageMagick and GraphicsMagick, in turn; a table and a picture.
# Installs the peers, from Debian and npm. Sample photos are drawn if no folder is given. See bench/README.md.
set -euo pipefail
folder=
if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then
  folder=$(realpath -- "$1")
  shift
fi
cd "$(dirname "$0")/../.."
./setup.sh
log=$(mktemp)
trap 'rm -f "$log"' EXIT
peers=(gir1.2-vips-8.0 python3-gi graphicsmagick imagemagick)
command -v npm >/dev/null || peers+=(nodejs npm)
# A peer that cannot be had is named and left out further down; the others are still compared.
./setup.sh "${peers[@]}" || echo "Not all peers could be installed." >&2
bench/peers/install_sharp.sh
{ cmake --preset release && cmake --build build/release --target labday; } >"$log" 2>&1 || { cat "$log"; exit 1; }
if [ -z "$folder" ]; then
  folder=$PWD/labday-samples
  [ -e "$folder/sample-10.jpg" ] || { rm -rf "$folder"; build/release/labday samples -o "$folder"; }
fi
PYTHONPATH=$PWD/bench /usr/bin/python3 -m peers "$PWD/build/release/labday" "$folder" "$@"
