"""Runs one job by labday (blocking mode, each PNG level) and by Pillow, in turn, and compares medians.

Usage: against_pillow.py LABDAY FOLDER [--rounds N] [--json FILE]. Each execution is a fresh process; both sides are
timed from inside, without the start of the process. Pixels are compared file by file, before any time is shown.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent


def levels(labday):
    """What `--png` takes, as the help lists it."""
    text = subprocess.run([labday, "resize", "--help"], check=True, capture_output=True, text=True).stdout
    return re.search(r"--png [A-Z]*:?\{([a-z,]+)\}", text)[1].split(",")


def run_pillow(folder, output):
    done = subprocess.run(
        [sys.executable, HERE / "pillow_job.py", folder, output], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def run_labday(labday, level, folder, output):
    command = [labday, "resize", folder, "-o", output, "--mode", "blocking", "--png", level, "--orient", "none"]
    done = subprocess.run([*command, "--json", "-"], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["wall_seconds"]


def files(folder):
    return {path.relative_to(folder): path for path in sorted(Path(folder).rglob("*.png"))}


def total_bytes(folder):
    return sum(path.stat().st_size for path in files(folder).values())


def assert_same_pixels(pillow, labday, level):
    theirs, ours = files(pillow), files(labday)
    if theirs.keys() != ours.keys():
        sys.exit(f"{level}: labday and Pillow did not write the same files: {theirs.keys() ^ ours.keys()}")
    for name, path in theirs.items():
        with Image.open(path) as a, Image.open(ours[name]) as b:
            if a.mode != b.mode or a.size != b.size or a.tobytes() != b.tobytes():
                sys.exit(f"{level}: labday and Pillow disagree on the pixels of {name}")


def spread(seconds):
    return f"{min(seconds):.2f} – {max(seconds):.2f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labday")
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", help="write the figures there, too")
    arguments = parser.parse_args()

    seconds = {}
    sizes = {}
    with tempfile.TemporaryDirectory(prefix="labday-against-pillow-") as scratch:

        def execute(name, run):
            output = os.path.join(scratch, name)
            shutil.rmtree(output, ignore_errors=True)
            os.makedirs(output)
            seconds.setdefault(name, []).append(run(output))
            sizes[name] = total_bytes(output)
            return output

        for round_number in range(arguments.rounds):
            theirs = execute("Pillow", lambda output: run_pillow(arguments.folder, output))
            for level in levels(arguments.labday):
                ours = execute(
                    level, lambda output, level=level: run_labday(arguments.labday, level, arguments.folder, output)
                )
                if round_number == 0:
                    assert_same_pixels(theirs, ours, level)
                shutil.rmtree(ours)
            print(f"round {round_number + 1} of {arguments.rounds}", file=sys.stderr)

    count = len(levels(arguments.labday))
    print(f"All pixels of {count} levels are Pillow's. Medians of {arguments.rounds} interleaved rounds, one core:\n")
    print(f"{'':10} {'seconds':>8} {'spread':>16} {'times faster':>13} {'bytes':>13} {'of Pillow':>10}")
    figures = {}
    for name, values in seconds.items():
        median = statistics.median(values)
        faster = statistics.median(p / own for p, own in zip(seconds["Pillow"], values))
        figures[name] = {
            "seconds": values, "median_seconds": median, "times_faster": faster,
            "bytes": sizes[name], "bytes_of_pillow": sizes[name] / sizes["Pillow"],
        }
        print(f"{name:10} {median:8.2f} {spread(values):>16} {faster:13.1f} {sizes[name]:13,} "
              f"{sizes[name] / sizes['Pillow']:10.3f}")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
