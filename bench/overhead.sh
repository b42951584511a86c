#!/usr/bin/env bash
# bench/overhead.sh [--sources N] [--rounds N]: what each mode costs a source beyond the stages (read to write), for a
# thousand copies of a small JPEG with one rendition, beside the same ways of working in Python.
set -euo pipefail
cd "$(dirname "$0")/.."
./setup.sh
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ cmake --preset release && cmake --build build/release --target labday; } >"$log" 2>&1 || { cat "$log"; exit 1; }
# Debian's Python: it has Debian's Pillow and joblib, and another may come first in the path.
/usr/bin/python3 bench/overhead.py build/release/labday "$@"
