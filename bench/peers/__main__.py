"""Executes one job by every contestant, in turn, and writes a record, a table and two pictures.

First each contestant is executed once under a watch of its memory, and what it wrote is checked; then come the timed
rounds, which nothing disturbs. The record is written after every round, so that an interrupted run is not lost.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from lib import execution, job, pixels, rounds
from peers import contestants, picture, record

BASELINE = "Pillow, default"
CORES = ("one", "all")


class Entry:
    """A contestant on one core or on all, and what is known of it so far."""

    def __init__(self, contestant, cores, core_count):
        self.contestant = contestant
        self.cores = cores
        self.core_count = core_count
        self.peak_bytes = self.bytes = 0
        self.mean_difference = self.failure = None
        self.usages = []

    @property
    def name(self):
        return f"{self.contestant.name}, {self.cores} core{'s' if self.cores == 'all' else ''}"

    def execute(self, how, run):
        """`how` is execution.timed or execution.peak_memory."""
        command = self.contestant.command(run)
        if self.cores == "one":
            command = ["taskset", "-c", str(max(os.sched_getaffinity(0))), *command]
        return how(command, contestants.environment(self.core_count), os.path.join(run.scratch, "log"))

    def fail(self, failure):
        self.failure = f"{self.name}: {failure}"
        if self.contestant.name == BASELINE:
            sys.exit(f"{self.failure}; nothing can be compared without it")
        print(f"{self.failure}; it is left out", file=sys.stderr)


def first_execution(entry, run, baseline):
    """Memory, bytes and pixels. `baseline` is the folder that Pillow's files are kept in."""
    try:
        entry.peak_bytes = entry.execute(execution.peak_memory, run)
        entry.bytes = pixels.total_bytes(run.output)
        if entry.contestant.name == BASELINE and not os.listdir(baseline):
            shutil.copytree(run.output, baseline, dirs_exist_ok=True)
        entry.mean_difference = pixels.mean_difference(baseline, run.output, run.plan)
        if entry.contestant.tool == "labday" and (difference := pixels.first_difference(baseline, run.output)):
            sys.exit(f"{entry.name}: disagrees with Pillow: {difference}")
    except (execution.Failed, ValueError) as failure:
        entry.fail(failure)
    else:
        print(f"{entry.name}: {entry.bytes:,} bytes, {entry.peak_bytes / 1e6:.0f} MB of memory", file=sys.stderr)


def timed_execution(entry, run):
    try:
        entry.usages.append(entry.execute(execution.timed, run))
        if (written := pixels.total_bytes(run.output)) != entry.bytes:
            raise execution.Failed(f"wrote {written} bytes now and {entry.bytes} at first")
    except execution.Failed as failure:
        entry.fail(failure)


def choose(tools, arguments):
    """The entries that are asked for; the baseline first, on one core and on all, for everything refers to it."""
    core_counts = {"one": 1, "all": len(os.sched_getaffinity(0))}
    wanted = []
    for tool in tools:
        for contestant in tool.contestants:
            asked = contestant.size_class in arguments.size_class and (
                not arguments.tools or tool.name.lower() in arguments.tools
            )
            if asked or contestant.name == BASELINE:
                wanted += [Entry(contestant, cores, core_counts[cores]) for cores in arguments.cores]
    return sorted(wanted, key=lambda entry: entry.contestant.name != BASELINE)


def listed(allowed):
    def parse(text):
        values = text.lower().split(",")
        if unknown := [value for value in values if allowed and value not in allowed]:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: choose from {', '.join(allowed)}")
        return values

    return parse


def parse_arguments():
    parser = argparse.ArgumentParser(prog="peers", description=__doc__.splitlines()[0])
    parser.add_argument("labday")
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size-class", type=listed(contestants.SIZE_CLASSES), default=list(contestants.SIZE_CLASSES),
                        help="settings of these classes only, e.g. balanced,fast [all]")
    parser.add_argument("--cores", type=listed(CORES), default=list(CORES), help="one, all or both [one,all]")
    parser.add_argument("--tools", type=listed(None), help="these only, e.g. labday,sharp [all]")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("results"))
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")
    return arguments


def main():
    arguments = parse_arguments()
    record.commit()
    found, missing = contestants.available(arguments.labday)
    print(*missing, sep="\n", file=sys.stderr)
    plan = job.plan(arguments.folder, pixels.describe)
    if not plan:
        sys.exit(f"{arguments.folder}: no sources")
    entries = choose([tool for tool, _ in found], arguments)

    with tempfile.TemporaryDirectory(prefix="labday-peers-") as scratch, \
            tempfile.TemporaryDirectory(prefix="labday-peers-") as baseline:

        def run_in(output, entry):
            return contestants.Run(arguments.folder, plan, output, scratch, entry.core_count)

        print(f"{len(entries)} contestants, once each for memory and pixels:", file=sys.stderr)
        rounds.interleave(entries, 1, lambda entry, output, _: first_execution(entry, run_in(output, entry), baseline))

        def write_results(number):
            text = record.make(entries, BASELINE, arguments.folder, plan, number + 1, found, missing)
            record.write(text, arguments.output)
            for cores in arguments.cores:
                svg = picture.draw([result for result in text["results"] if result["cores"] == cores])
                Path(arguments.output, f"speed-{cores}-core{'s' if cores == 'all' else ''}.svg").write_text(
                    svg, encoding="utf-8")

        def execute(entry, output, _):
            if entry.failure is None:
                timed_execution(entry, run_in(output, entry))

        rounds.interleave(entries, arguments.rounds, execute, write_results)
    print(Path(arguments.output, "table.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
