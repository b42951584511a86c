"""Runs one job by labday (blocking mode, each PNG level) and by Pillow, in turn, and compares medians.

Usage: against_pillow.py LABDAY FOLDER [--rounds N] [--json FILE]. Each execution is a fresh process; both sides are
timed from inside, without the start of the process. Pixels are compared file by file, before any time is shown.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from lib import labday as labday_cli
from lib import pixels, rounds, tables

HERE = Path(__file__).parent
PILLOW = "Pillow"


def seconds_of(name, labday, folder, output):
    """Executes the job by Pillow, or by labday at the level of that name."""
    if name == PILLOW:
        command = [sys.executable, HERE / "pillow_job.py", folder, output]
    else:
        command = [*labday_cli.command(labday, name, "blocking", folder, output), "--json", "-"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout) if name == PILLOW else json.loads(done.stdout)["wall_seconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labday")
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", help="write the figures there, too")
    arguments = parser.parse_args()

    levels = labday_cli.levels(arguments.labday)
    seconds = {name: [] for name in (PILLOW, *levels)}
    sizes = {}
    with tempfile.TemporaryDirectory(prefix="labday-against-pillow-") as theirs:

        def execute(name, output, round_number):
            own = seconds_of(name, arguments.labday, arguments.folder, output)
            if round_number > 0:
                seconds[name].append(own)
                return
            # It warms the page cache, and is not timed.
            sizes[name] = pixels.total_bytes(output)
            if name == PILLOW:
                shutil.copytree(output, theirs, dirs_exist_ok=True)
            elif difference := pixels.first_difference(theirs, output):
                sys.exit(f"{name}: labday and Pillow disagree: {difference}")

        rounds.interleave(seconds, arguments.rounds + 1, execute)

    figures = {
        name: {
            "seconds": values,
            "median_seconds": statistics.median(values),
            "times_faster": rounds.median_ratio(seconds[PILLOW], values),
            "bytes": sizes[name],
            "bytes_of_pillow": sizes[name] / sizes[PILLOW],
        }
        for name, values in seconds.items()
    }
    print(f"All pixels of {len(levels)} levels are Pillow's. Medians of {arguments.rounds} interleaved rounds, "
          "one core:\n")
    rows = [
        [
            name, f"{own['median_seconds']:.2f}", tables.spread(own["seconds"]), f"{own['times_faster']:.1f}",
            f"{own['bytes']:,}", f"{own['bytes_of_pillow']:.3f}",
        ]
        for name, own in figures.items()
    ]
    print(tables.markdown(["", "seconds", "spread", "times faster", "bytes", "of Pillow"], rows, left={0}), end="")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
