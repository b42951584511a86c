"""What a mode costs a source beyond the stages, by labday and by Python.

Usage: overhead.py LABDAY [--sources N] [--rounds N] [--workers N] [--json FILE]. The cost is (wall seconds × workers −
seconds in stages) / sources: starting, handing over, waiting for one another, ending. Medians over rounds, interleaved.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
MODES = ["blocking", "async", "threads", "multiprocessing", "multiprocessing-pool", "multiprocessing-joblib"]
SERIAL = ("blocking",)
OVERLAPPING = ("async",)
# In memory, so that what two writers cost each other in a file system is not taken for a mode's.
SCRATCH = "/dev/shm" if Path("/dev/shm").is_dir() else tempfile.gettempdir()


def make_sources(labday, folder, count):
    subprocess.run([labday, "samples", "-o", folder, "--count", "1", "--size", "300x200"], check=True, capture_output=True)
    first = next(folder.glob("*.jpg"))
    for number in range(1, count):
        shutil.copyfile(first, folder / f"copy-{number:05}.jpg")


def cost(wall, stages, workers, count):
    return (wall * workers - stages) / count


def labday_costs(labday, folder, workers, rounds, count):
    command = [labday, "bench", folder, "--scale", "50%", "--modes", ",".join(MODES), "-j", str(workers), "--scratch", SCRATCH, "--no-history"]
    done = subprocess.run([*command, "--rounds", str(rounds), "--json", "-"], check=True, capture_output=True, text=True)
    costs = {}
    records = json.loads(done.stdout)["modes"]
    for mode, record in records.items():
        # Where reads and writes are awaited, their stages overlap with others; there the baseline's stages count.
        measured = records["blocking"] if mode in OVERLAPPING else record
        stages = sum(measured["stage_seconds"].values())
        used = 1 if mode in SERIAL else workers
        costs[mode] = cost(record["mean_seconds"], stages, used, count)
    return costs


def python_cost(mode, folder, workers, count):
    with tempfile.TemporaryDirectory(dir=SCRATCH) as output:
        command = [sys.executable, HERE / "python_modes.py", mode, str(workers), output, folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    wall, stages = map(float, done.stdout.split())
    return cost(wall, stages, 1 if mode in SERIAL else workers, count)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labday")
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", help="write the figures there, too")
    arguments = parser.parse_args()

    python = {mode: [] for mode in MODES}
    ours = {mode: [] for mode in MODES}
    with tempfile.TemporaryDirectory(dir=SCRATCH, prefix="labday-overhead-") as scratch:
        folder = Path(scratch)
        make_sources(arguments.labday, folder, arguments.sources)
        for number in range(arguments.rounds):
            costs = labday_costs(arguments.labday, folder, arguments.workers, 3, arguments.sources)
            for mode in MODES:
                ours[mode].append(costs[mode])
                python[mode].append(python_cost(mode, folder, arguments.workers, arguments.sources))
            print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)

    figures = {
        mode: {"labday_ms": 1000 * statistics.median(ours[mode]), "python_ms": 1000 * statistics.median(python[mode])}
        for mode in MODES
    }
    print("Milliseconds a source beyond its stages "
          f"({arguments.sources} JPEGs of 300×200, one rendition, {arguments.workers} workers):\n")
    print("| mode | labday | Python |\n|---|---:|---:|")
    for mode, both in figures.items():
        print(f"| `{mode}` | {both['labday_ms']:.3f} | {both['python_ms']:.2f} |")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
