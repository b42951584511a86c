#!/usr/bin/env bash
# tests/fuzz/run.sh TARGET SECONDS [-LIBFUZZER-OPTION...] [FOLDER...]: fuzzes from the target's own seeds, from what
# earlier runs kept, and from these folders of the corpus where there is one. What breaks the target is kept beside it.
set -euo pipefail
target=$1 seconds=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
corpus=${LABDAY_CORPUS:-$here/../../../shared/corpus}

options=() folders=()
for argument in "$@"; do
  case $argument in
    -*) options+=("$argument") ;;
    *) if [ -d "$corpus/$argument" ]; then folders+=("$corpus/$argument"); fi ;;
  esac
done
inputs=$target.inputs
mkdir -p "$inputs"
"$target" --seeds="$inputs"
exec "$target" -max_total_time="$seconds" -timeout=30 -print_final_stats=1 -artifact_prefix="$target." \
  "${options[@]}" "$inputs" "${folders[@]}"
