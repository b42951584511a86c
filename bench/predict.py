"""Predicts the two-worker times of every mode from rounds with one worker, measures them, and compares.

Usage: bench/predict.sh [FOLDER] [--rounds N] [--modes LIST] [--tolerance PERCENT] [--json FILE]

Both runs are measured alike, in fresh processes, and their rounds take turns, so that a slow minute of the machine is in
both. `labday predict` gives times for a machine that is left alone. So of the measured times that part is taken away,
too, for which workers waited while other programs had their cores (labday's own figure, `machine_noise`); on a quiet
machine it is next to nothing, and the table shows it. Exit status 1 where a mode is off by more than the tolerance.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from lib import tables


def bench(labday, folder, workers, modes, output):
    command = [labday, "bench", folder, "-j", str(workers), "--rounds", "1", "--quiet", "--json", output]
    subprocess.run(command + (["--modes", modes] if modes else []), check=True)
    return json.loads(Path(output).read_text(encoding="utf-8"))


def merged(runs):
    """One run with the rounds of all, numbered anew."""
    whole = runs[0]
    for number, run in enumerate(runs[1:], start=2):
        for mode, of in run["modes"].items():
            whole["modes"][mode]["rounds"] += [{**one, "round": number} for one in of["rounds"]]
        whole["control_rounds"] += [{**one, "round": number} for one in run["control_rounds"]]
        whole["order"] += [{**turn, "block": number} for turn in run["order"]]
    return whole


def quiet_seconds(mode):
    """Of a run with one round: its time without what other programs took, and the share of that."""
    wall, workers = mode["mean_seconds"], mode["accounting"]["worker_seconds"] / mode["mean_seconds"]
    lost = mode["accounting"]["lost_seconds"]
    at_once = workers - lost["joins"] / wall
    noise = lost["machine_noise"] / at_once
    return wall - noise, noise / wall


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("labday")
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--modes", default="")
    parser.add_argument("--tolerance", type=float, default=10)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    ones, twos = [], []
    with tempfile.TemporaryDirectory(prefix="labday-predict-") as scratch:
        for number in range(arguments.rounds):
            for workers, runs in ((1, ones), (2, twos)):
                output = str(Path(scratch, f"{workers}-{number}.json"))
                runs.append(bench(arguments.labday, arguments.folder, workers, arguments.modes, output))
            print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
        measured = {
            mode: [quiet_seconds(run["modes"][mode]) for run in twos if mode in run["modes"]]
            for mode in twos[0]["modes"]
        }
        recorded = Path(scratch, "one.json")
        recorded.write_text(json.dumps(merged(ones)), encoding="utf-8")
        command = [arguments.labday, "predict", str(recorded), "--workers", "2", "--json", "-"]
        predicted = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["modes"]
    rows, result, failed = [], {}, []
    for mode, of in predicted.items():
        seconds = statistics.median(quiet for quiet, _ in measured[mode])
        noise = statistics.median(share for _, share in measured[mode])
        off = 100 * (of["seconds"] / seconds - 1)
        result[mode] = {"predicted_seconds": of["seconds"], "measured_seconds": seconds, "off_percent": off,
                        "noise_percent": 100 * noise}
        if abs(off) > arguments.tolerance:
            failed.append(mode)
        rows.append([mode, f"{of['seconds']:.3f}", f"{seconds:.3f}", f"{off:+.1f} %", f"{100 * noise:.0f} %"])
    print(tables.markdown(["mode", "predicted s", "measured s", "off by", "noise taken away"], rows, left={0}))
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    if failed:
        sys.exit(f"off by more than {arguments.tolerance:g} %: {', '.join(failed)}")


if __name__ == "__main__":
    main()
