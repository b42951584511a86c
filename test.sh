#!/usr/bin/env bash
# ./test.sh [CTEST ARGUMENTS...]: sets up, builds, and runs all tests. $LABDAY_PRESET is what to build, $LABDAY_TARGETS
# which targets of it, where not all. Tests that want real images look for them in
# $LABDAY_CORPUS or ../shared/corpus and are shown as skipped where there are none.
set -euo pipefail
cd "$(dirname "$0")"

./setup.sh
preset=${LABDAY_PRESET:-release}
# Where everything must be tested, a page that cannot be made is an error.
cmake --preset "$preset" ${CI:+-DLABDAY_PAGE=ON} >/dev/null
read -r -a targets <<<"${LABDAY_TARGETS:-all}"
cmake --build "build/$preset" --target "${targets[@]}"
exec ctest --test-dir "build/$preset" -j "$(nproc)" --output-on-failure --no-tests=error "$@"
