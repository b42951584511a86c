#!/usr/bin/env bash
# bench/a_a.sh [FOLDER] [--experiments N]: real A/A experiments. Seven spellings of one mode are compared at the default
# settings, so that every difference that labday claims is a false one; prints how many experiments claimed any. Of 20
# at most 3 may; status 1 beyond that. Sample photos are drawn if no folder is given. Takes about ten minutes.
set -euo pipefail
source "$(dirname "$0")/lib/begin.sh"
folder=
experiments=20
while [ $# -gt 0 ]; do
  case $1 in
    --experiments) experiments=$2; shift 2 ;;
    -*) echo "usage: bench/a_a.sh [FOLDER] [--experiments N]" >&2; exit 2 ;;
    *) folder=$(realpath -- "$1"); shift ;;
  esac
done
cd "$(dirname "$0")/.."
build labday
draw_samples
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A number may have zeros in front: one mode under seven labels.
modes=threads:workers=1
zeros=
for _ in 2 3 4 5 6 7; do
  zeros+=0
  modes+=,threads:workers=${zeros}1
done
for ((i = 1; i <= experiments; i++)); do
  build/release/labday bench "$folder" --scale 40% --modes "$modes" --baseline threads:workers=1 --seed "$i" \
    --quiet --no-history --json "$scratch/$i.json"
done
/usr/bin/python3 - "$scratch" "$experiments" <<'PYTHON'
import json, math, sys

false_claims = 0
for number in range(1, int(sys.argv[2]) + 1):
    with open(f"{sys.argv[1]}/{number}.json", encoding="utf-8") as file:
        run = json.load(file)
    assert run["complete"], f"experiment {number} is not complete"
    verdicts = [f"{mode} {of['verdict']}" for mode, of in run["modes"].items() if of["verdict"] in ("faster", "slower")]
    apart = len(run["ranking"]) > 1
    false_claims += bool(verdicts or apart)
    share = run["environment"]["shares_of_the_time"]["cpu_pressure"]
    waited = "an unknown share" if share is None else f"{100 * share:.0f} %"
    print(f"{number:3}: noise floor {100 * run['noise_floor']['share']:.1f} %, a task waited for a processor {waited} "
          f"of the time: {', '.join(verdicts) or 'no difference claimed'}")
print(f"{false_claims} of {sys.argv[2]} experiments claimed a difference that is not there")
# One in twenty is what the claims allow; more than this happens by chance in one of forty sets of experiments.
count = int(sys.argv[2])
chance, most = 0.0, -1
while chance < 0.975:
    most += 1
    chance += math.comb(count, most) * 0.05**most * 0.95 ** (count - most)
sys.exit(f"that is more than the {most} that chance allows" if false_claims > most else 0)
PYTHON
