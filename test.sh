#!/usr/bin/env bash
# ./test.sh [CTEST ARGUMENTS...]: sets up, builds, and runs all tests. Tests that want real images look for them in
# $LABDAY_CORPUS or ../shared/corpus and are shown as skipped where there are none.
set -euo pipefail
cd "$(dirname "$0")"

./setup.sh
preset=${LABDAY_PRESET:-release}
cmake --preset "$preset" >/dev/null
cmake --build "build/$preset"
exec ctest --test-dir "build/$preset" -j "$(nproc)" --output-on-failure --no-tests=error "$@"
