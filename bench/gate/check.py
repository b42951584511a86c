"""Compares the instructions that each stage executes with those recorded in counts.json.

Usage: check.py WORKLOAD [--update] [--tolerance PERCENT] [--counts FILE]. Callgrind's count is the same in every run,
however busy the machine, but it depends on the instruction set, the compiler and the libraries. These are recorded
beside the counts, and where they differ nothing is compared, which is said, with exit status 77.
"""

import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

COUNTED = "labday_counted_stage*"
SKIPPED = 77  # what CTest and automake take for "skipped"
# Debian's packages whose code runs inside the stages, or is compiled into them.
PACKAGES = ("libc6", "libdeflate0", "libhwy-dev", "libjpeg62-turbo", "libpng16-16", "libstdc++6",
            "valgrind", "zlib1g")
# Everything that might change what ld.so, malloc or a library does is left out; symbols are bound before the stage.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "LD_BIND_NOW": "1"}


def output_of(command):
    return subprocess.run(command, check=True, env=ENVIRONMENT, capture_output=True, text=True).stdout.strip()


def upstream_version(text):
    """Without Debian's epoch and revision: its repairs within a release hardly change a count."""
    return text.split(":")[-1].split("-")[0]


def package_versions():
    versions = {}
    for package in PACKAGES:
        # An installed package of several architectures is listed once for each: the first is the machine's own.
        query = ["dpkg-query", "-W", "-f=${db:Status-Status} ${Version}\n", package]
        done = subprocess.run(query, capture_output=True, text=True, check=False)
        installed = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("installed ")]
        versions[package] = upstream_version(installed[0]) if installed else "unknown"
    return versions


def surroundings(workload):
    """What a count depends on besides labday's code. The target is the one under valgrind, which knows AVX2 at most."""
    cache = Path(workload).resolve().parents[2] / "CMakeCache.txt"
    compiler = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.+)$", cache.read_text(encoding="utf-8"), re.MULTILINE)[1]
    return {
        "highway_target": output_of(["valgrind", "-q", "--tool=none", workload, "target"]),
        "compiler": f"{Path(compiler).name} {output_of([compiler, '-dumpfullversion', '-dumpversion'])}",
        **package_versions(),
    }


def count(workload, stage):
    with tempfile.TemporaryDirectory(prefix="labday-gate-") as scratch:
        result = Path(scratch, "callgrind.out")
        output_of(["valgrind", "--tool=callgrind", f"--callgrind-out-file={result}", f"--toggle-collect={COUNTED}",
                   workload, stage])
        total = re.search(r"^(?:totals|summary): (\d+)$", result.read_text(encoding="utf-8"), re.MULTILINE)
        instructions = int(total[1])
    if instructions == 0:
        sys.exit(f"{stage}: nothing was counted; has {COUNTED} been renamed?")
    return instructions


def count_all(workload):
    stages = output_of([workload, "list"]).splitlines()
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        return dict(zip(stages, pool.map(lambda stage: count(workload, stage), stages)))


def compare(recorded, counted, tolerance):
    """Two lists of sentences: what fails the gate, and what is only worth knowing. `tolerance` is in per cent."""
    problems, remarks = [], []
    for stage in sorted(recorded.keys() | counted.keys()):
        if stage not in counted:
            problems.append(f"{stage}: is recorded, but the workload has no such stage")
        elif stage not in recorded:
            problems.append(f"{stage}: {counted[stage]:,} instructions, and none recorded to compare with")
        else:
            change = 100 * (counted[stage] / recorded[stage] - 1)
            text = f"{stage}: {counted[stage]:,} instructions, {change:+.2f} % of the recorded {recorded[stage]:,}"
            (problems if change > tolerance else remarks).append(text)
            if change < -tolerance:
                remarks[-1] += ": faster, record it so that it stays so"
    return problems, remarks


def differences(recorded, own):
    return [
        f"{name}: recorded with {recorded.get(name, 'none')}, here {own.get(name, 'none')}"
        for name in sorted(recorded.keys() | own.keys())
        if recorded.get(name) != own.get(name)
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workload")
    parser.add_argument("--update", action="store_true", help="record the counts of this build")
    parser.add_argument("--tolerance", type=float, default=3, metavar="PERCENT", help="growth allowed [3]")
    parser.add_argument("--counts", type=Path, default=Path(__file__).with_name("counts.json"))
    arguments = parser.parse_args()

    own = surroundings(arguments.workload)
    if arguments.update:
        record = {"surroundings": own, "instructions": count_all(arguments.workload)}
        arguments.counts.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        print(f"Recorded {len(record['instructions'])} stages in {arguments.counts}: commit it with the reason.")
        return 0

    record = json.loads(arguments.counts.read_text(encoding="utf-8"))
    if different := differences(record["surroundings"], own):
        print("NOT COMPARED: the counts were recorded in other surroundings:", *different, sep="\n  ")
        print("Where they are to stay, run bench/gate/run.sh --update on a state known to be good.")
        return SKIPPED

    problems, remarks = compare(record["instructions"], count_all(arguments.workload), arguments.tolerance)
    print(*remarks, sep="\n")
    if not problems:
        return 0
    print(f"\nMore than {arguments.tolerance:g} % above the record, or not comparable:", *problems, sep="\n  ")
    print("If that is meant, run bench/gate/run.sh --update and commit counts.json with the reason.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
