"""What do the records of `labday bench` cost? Every mode with and without them (--no-records), on tasks of about a
millisecond: the ratio of the times, and that of the CPU times, with 95 % intervals.

Usage: bench/records_cost.sh [--sources N] [--pairs N] [--modes LIST]

Experiments with and without records take turns, which goes first changes from pair to pair, and ratios are taken within
a pair, mode by mode. On a machine with other work the CPU time says more: it is what records add, whoever else runs.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from lib import tables

# Two-sided 95 % of Student's t by degrees of freedom, then the normal distribution's.
T95 = [12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.10, 2.09]


def interval(ratios):
    """The geometric mean, and its 95 % interval in per cent of change."""
    logs = [math.log(ratio) for ratio in ratios]
    middle = statistics.mean(logs)
    degrees = len(logs) - 1
    reach = (T95[degrees - 1] if degrees <= len(T95) else 1.96) * statistics.stdev(logs) / math.sqrt(len(logs))
    return tuple(100 * math.expm1(value) for value in (middle, middle - reach, middle + reach))


def bench(labday, folder, modes, records):
    command = [labday, "bench", folder, "--scale", "100%", "--rounds", "1", "--quiet", "--json", "-"]
    command += ["--modes", modes] if modes else []
    command += [] if records else ["--no-records"]
    # --quiet leaves the JSON alone on standard output.
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["modes"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("labday")
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--size", default="190x125")
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--modes", default="")
    arguments = parser.parse_args()
    walls, cpus, seconds = {}, {}, {}
    with tempfile.TemporaryDirectory(prefix="labday-records-") as scratch:
        drawn = Path(scratch, "drawn")
        subprocess.run([arguments.labday, "samples", "-o", drawn, "--count", "1", "--size", arguments.size],
                       check=True, capture_output=True)
        picture = next(drawn.iterdir()).read_bytes()
        folder = Path(scratch, "photos")
        folder.mkdir()
        for number in range(arguments.sources):
            Path(folder, f"{number:05}.jpg").write_bytes(picture)
        for pair in range(arguments.pairs):
            results = {}
            for records in (True, False) if pair % 2 == 0 else (False, True):
                results[records] = bench(arguments.labday, folder, arguments.modes, records)
            for mode in results[True]:
                with_records, without = results[True][mode], results[False][mode]
                walls.setdefault(mode, []).append(with_records["mean_seconds"] / without["mean_seconds"])
                cpus.setdefault(mode, []).append(with_records["cpu_seconds"] / without["cpu_seconds"])
                seconds.setdefault(mode, []).append(without["cpu_seconds"])
            print(f"pair {pair + 1} of {arguments.pairs}", file=sys.stderr)
    rows = []
    for mode in walls:
        cells = [mode, f"{1000 * statistics.median(seconds[mode]) / arguments.sources:.2f}"]
        for ratios in (walls[mode], cpus[mode]):
            middle, low, high = interval(ratios)
            cells += [f"{middle:+.2f} %", f"{low:+.2f} – {high:+.2f}"]
        rows.append(cells)
    header = ["mode", "CPU ms a task", "time", "95 % interval", "CPU time", "95 % interval"]
    print(f"{arguments.sources} tasks, {arguments.pairs} pairs: what records change\n")
    print(tables.markdown(header, rows, left={0}))


if __name__ == "__main__":
    main()
