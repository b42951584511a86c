"""What do the records of `labday bench` cost? Every mode with and without them (--no-records), on tasks so small that
what a record takes can be seen: microseconds a task, with 95 % intervals, and what that is of a task of a millisecond.

Usage: bench/records_cost.sh [--sources N] [--size WxH] [--pairs N] [--modes LIST]

Records cost the same whatever a task takes, and seconds scatter in proportion to their length: so the tasks are as short
as they can be. Experiments with and without records take turns, which goes first changes from pair to pair, and
differences are taken within a pair, mode by mode. *time* is the time of the mode, times its parallelism, a task: what
its workers spend on records. On a machine with other work the CPU time says more.
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

TASK_MICROSECONDS = 1000


def interval(values):
    """The mean and its 95 % interval."""
    middle = statistics.mean(values)
    degrees = len(values) - 1
    reach = (T95[degrees - 1] if degrees <= len(T95) else 1.96) * statistics.stdev(values) / math.sqrt(len(values))
    return middle, middle - reach, middle + reach


def bench(labday, folder, modes, records):
    command = [labday, "bench", folder, "--scale", "100%", "--rounds", "1", "--quiet", "--no-history", "--json", "-"]
    command += ["--modes", modes] if modes else []
    command += [] if records else ["--no-records"]
    # --quiet leaves the JSON alone on standard output.
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["modes"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("labday")
    parser.add_argument("--sources", type=int, default=3000)
    parser.add_argument("--size", default="8x8")
    parser.add_argument("--pairs", type=int, default=20)
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
        micros = 1e6 / arguments.sources
        for pair in range(arguments.pairs):
            results = {}
            for records in (True, False) if pair % 2 == 0 else (False, True):
                results[records] = bench(arguments.labday, folder, arguments.modes, records)
            for mode in results[True]:
                with_records, without = results[True][mode], results[False][mode]
                wall = with_records["mean_seconds"] - without["mean_seconds"]
                walls.setdefault(mode, []).append(micros * wall * max(1, without["parallelism"]))
                cpus.setdefault(mode, []).append(micros * (with_records["cpu_seconds"] - without["cpu_seconds"]))
                seconds.setdefault(mode, []).append(without["cpu_seconds"])
            print(f"pair {pair + 1} of {arguments.pairs}", file=sys.stderr)
    rows = []
    for mode in walls:
        cells = [mode, f"{micros * statistics.median(seconds[mode]):.0f}"]
        for values in (walls[mode], cpus[mode]):
            middle, low, high = interval(values)
            cells += [f"{middle:+.1f}", f"{low:+.1f} – {high:+.1f}", f"{100 * middle / TASK_MICROSECONDS:+.2f} %"]
        rows.append(cells)
    header = ["mode", "CPU µs a task", "time, µs", "95 % interval", "of a task of 1 ms", "CPU time, µs",
              "95 % interval", "of a task of 1 ms"]
    print(f"{arguments.sources} tasks, {arguments.pairs} pairs: what records add to a task\n")
    print(tables.markdown(header, rows, left={0}))


if __name__ == "__main__":
    main()
