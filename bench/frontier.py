"""The frontier of PNG encoding: each of labday's levels, libdeflate and Pillow on the same renditions, in turn.

Usage: frontier.py ENCODE_FRONTIER FOLDER [--rounds N]. Only encoding is timed, from pixels to a file in memory, as CPU
time of one thread. They take turns at every source of every round, so that a slow minute of the machine is everyone's.
"""

import argparse
import io
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field

from PIL import Image

from lib import job, pixels, rounds, tables

PILLOW = "Pillow"


@dataclass
class Encoder:
    """Everything that one encoder did, over all sources."""

    size: int = 0  # of its files, in one round
    seconds: list = field(default_factory=list)  # of each round


def encode_by_pillow(rendition):
    """Seconds and bytes of Pillow's file, with its default settings."""
    file = io.BytesIO()
    begin = time.thread_time()
    rendition.save(file, "PNG")
    return time.thread_time() - begin, file.tell()


def measure_pillow(source):
    """Seconds, bytes and raw bytes of the five renditions."""
    seconds = size = raw = 0
    with Image.open(source) as image:
        image.load()
        image = pixels.expanded(image)
    for percent in job.PERCENTS:
        rendition = image.resize(job.rendition_size(image.size, percent), Image.Resampling.BICUBIC)
        own = encode_by_pillow(rendition)
        seconds, size = seconds + own[0], size + own[1]
        raw += rendition.width * rendition.height * len(rendition.getbands())
    return seconds, size, raw


def measure_others(program, source):
    """The same of every encoder that the program knows, by name."""
    text = subprocess.run([program, source, "1"], check=True, stdout=subprocess.PIPE, text=True).stdout
    header, *lines = (line.split() for line in text.splitlines())
    records = [dict(zip(header, line)) for line in lines]
    return {own["encoder"]: (float(own["seconds"]), int(own["bytes"]), int(own["raw"])) for own in records}


def execute_round(program, sources, encoders):
    """Adds a round to every encoder, and returns the bytes of raw pixels that each of them was given."""
    seconds, sizes, raw = {}, {}, 0
    for source in sources:
        measured = measure_others(program, source) | {PILLOW: measure_pillow(source)}
        raws = {own[2] for own in measured.values()}
        if len(raws) > 1:
            sys.exit(f"{source}: not everyone encoded as many pixels: {raws} bytes")
        raw += raws.pop()
        for name, (own_seconds, own_size, _) in measured.items():
            seconds[name] = seconds.get(name, 0) + own_seconds
            sizes[name] = sizes.get(name, 0) + own_size
    for name in seconds:
        encoder = encoders.setdefault(name, Encoder())
        encoder.seconds.append(seconds[name])
        encoder.size = sizes[name]
    return raw


def table(encoders, raw):
    pillow = encoders[PILLOW]
    rows = []
    for name, own in encoders.items():
        speeds = [raw / 1e6 / seconds for seconds in own.seconds]
        rows.append([
            name, f"{statistics.median(speeds):,.1f}", f"{min(speeds):,.1f}–{max(speeds):,.1f}",
            f"{rounds.median_ratio(pillow.seconds, own.seconds):.1f}", f"{own.size:,}", f"{own.size / pillow.size:.3f}",
        ])
    return tables.markdown(["", "MB/s", "spread", "times Pillow", "bytes", "of Pillow's"], rows, left={0})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds is at least 1")
    sources = list(job.sources(arguments.folder))
    if not sources:
        sys.exit(f"no pictures in {arguments.folder}")

    # Not timed, as the program's own first turn is not.
    measure_pillow(sources[0])
    encoders = {}
    for number in range(arguments.rounds):
        raw = execute_round(arguments.program, sources, encoders)
        print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
    print(f"{len(sources)} sources, {raw / 1e6:,.0f} MB of raw pixels in five renditions each. Medians of "
          f"{arguments.rounds} interleaved rounds, one core:\n")
    print(table(encoders, raw), end="")


if __name__ == "__main__":
    main()
