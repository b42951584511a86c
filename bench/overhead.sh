#!/usr/bin/env bash
# bench/overhead.sh [--sources N] [--rounds N]: what each mode costs a source beyond the stages (read to write), for a
# thousand copies of a small JPEG with one rendition, beside the same ways of working in Python.
set -euo pipefail
source "$(dirname "$0")/lib/begin.sh"
cd "$(dirname "$0")/.."
build labday
# Debian's Python: it has Debian's Pillow and joblib, and another may come first in the path.
/usr/bin/python3 bench/overhead.py build/release/labday "$@"
