#!/usr/bin/env bash
# bench/records_cost.sh [--sources N] [--size WxH] [--pairs N] [--modes LIST]: what the records of `labday bench` add to
# a task. See records_cost.py.
set -euo pipefail
source "$(dirname "$0")/lib/begin.sh"
cd "$(dirname "$0")/.."
build labday
PYTHONPATH=bench /usr/bin/python3 bench/records_cost.py build/release/labday "$@"
