#!/usr/bin/env bash
# tests/fuzz/long.sh [SECONDS [TARGET...]]: fuzzes each target of build/asan for so long (600 by default), as many at a
# time as there are cores ($JOBS), and prints a line for each: executions, coverage (edges and features, as libFuzzer
# counts them), inputs kept. Ends with 1 where one was broken; what broke it lies beside it.
set -uo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-600}
shift
targets=("$@")
list() { sed -n 's/^labday_fuzz(\([a-z_]*\).*/\1/p' tests/fuzz/CMakeLists.txt; }
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(list)

one() { # TARGET SECONDS: with the options of its line in CMakeLists.txt
  local target=$1 seconds=$2 line length folders log
  line=$(grep "^labday_fuzz($target " tests/fuzz/CMakeLists.txt)
  length=$(sed -n 's/.*MAX_LEN \([0-9]*\).*/\1/p' <<<"$line")
  folders=$(sed -n 's/.*CORPUS \([^)]*\)).*/\1/p' <<<"$line")
  log=build/asan/tests/fuzz/${target}.log
  # shellcheck disable=SC2086
  tests/fuzz/run.sh "$PWD/build/asan/tests/fuzz/${target}_fuzz" "$seconds" "-max_len=${length:-4096}" $folders >"$log" 2>&1
  local status=$? executions covered
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  covered=$(grep -o 'cov: [0-9]* ft: [0-9]* corp: [0-9]*' "$log" | tail -1)
  printf '%-16s %12s executions  %s%s\n' "$target" "${executions:-?}" "$covered" \
    "$([ $status -eq 0 ] || echo "  BROKEN: see $log")"
  return $status
}
export -f one
printf '%s\n' "${targets[@]}" | xargs -P "${JOBS:-$(nproc)}" -I TARGET bash -c "one TARGET $seconds"
