#!/usr/bin/env bash
# Adds a mode to a copy of the committed tree: one file and one registry line. Then help, bench and the contract suite
# must see it. Fails where any of them does not.
set -euo pipefail
cd "$(dirname "$0")/../.."
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git archive HEAD | tar -x -C "$copy"
cd "$copy"

sed 's/BlockingMode/ToyMode/g; s/modes::blocking/modes::toy/; s/"blocking"/"toy"/' src/modes/blocking.cc >src/modes/toy.cc
sed -i 's/  MODE(multiprocessing_joblib)/  MODE(multiprocessing_joblib) MODE(toy)/' src/modes/mode_list.h
cmake --preset release >/dev/null
cmake --build build/release --target labday test_modes >/dev/null
labday=build/release/labday
"$labday" modes | grep -x toy
"$labday" samples -o photos --count 2 --size 120x80
"$labday" bench photos --rounds 1 --no-history --scratch "$copy" | grep '^Running in toy mode took'
build/release/tests/modes/test_modes --gtest_brief=1 --gtest_filter='*ModeContract*/toy_*' | grep -E 'PASSED.* [1-9][0-9]* tests'
