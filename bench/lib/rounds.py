"""Interleaved rounds. A machine that slows down for a while then slows all contestants, and ratios are taken within a
round, so that it does not count for or against anyone."""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path


def interleave(contestants, rounds, execute, done=lambda number: None):
    """Calls `execute(contestant, output, round_number)` for each contestant in turn, `rounds` times, each with an empty
    folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="labday-bench-") as scratch:
        for number in range(rounds):
            for contestant in contestants:
                output = Path(scratch, "output")
                output.mkdir()
                execute(contestant, str(output), number)
                shutil.rmtree(output)
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
            done(number)


def median_ratio(numerators, denominators):
    """The median of the ratios within each round."""
    return statistics.median(a / b for a, b in zip(numerators, denominators))
