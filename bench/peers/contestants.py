"""The tools and settings that are compared. Each is a way to turn the plan of the job into one command.

A setting belongs to the size class in which it is the tool's best: `small`, `balanced` (Pillow's default size), `fast`,
`fastest`; where its files turn out to be of another size, the table and the picture show that. Every tool decodes a
source once for its five renditions, resizes by its cubic kernel with a = -0.5 (Catmull-Rom, Pillow's bicubic), and uses
several cores as it does best: threads of its own, or a pool of processes or of libuv's threads over the sources.
libvips, in sharp as well, enlarges about the corner of the picture, not about pixels' centres: half a pixel aside at
200 %. The two Magicks resize in 16 bits and drop the lower 8 when they write, without rounding.

The bounds of the classes, in bytes of Pillow's default over a folder of photographs: 0.97, 1.00, 1.10, 1.30. Of the
settings of a tool within a bound a fast one is taken, and another that is smaller at little cost. What another setting
of the tool beats in size and in speed is not here: run lengths beat level 1 of Pillow and of ImageMagick, and
ImageMagick's Huffman codes only. Where nothing is within the bound, the nearest stands there, or none: the Magicks'
level 6 is at 1.08, for what they do to the pixels, and their level 5 beyond 1.10; sharp is at 1.10 at level 2, and at
level 1 beyond 1.30. `small` is measured of Pillow and of sharp (zlib-ng), for the others call the same zlib as Pillow.
"""

import dataclasses
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from lib import job
from lib import labday as labday_cli

HERE = Path(__file__).parent
SIZE_CLASSES = ("small", "balanced", "fast", "fastest")
# What the tools' own threads may do inside one operation. The parallelism that is measured is over sources.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MAGICK_THREAD_LIMIT": "1", "VIPS_CONCURRENCY": "1"}


@dataclasses.dataclass
class Run:
    """One execution: what is to be done, and where."""

    folder: str
    plan: list
    output: str
    scratch: str  # for what a command wants to read: lists of arguments and the like
    cores: int


@dataclasses.dataclass
class Contestant:
    tool: str
    setting: str
    size_class: str
    kernel: str
    command: Callable[[Run], list[str]]  # may write to scratch; is not timed

    @property
    def name(self):
        return f"{self.tool}, {self.setting}"


@dataclasses.dataclass
class Tool:
    name: str
    version: Callable[[], str]  # raises OSError or CalledProcessError where the tool is missing
    contestants: list[Contestant]


def first_line(command):
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=HERE)
    return (done.stdout or done.stderr).strip().splitlines()[0]


def python(code):
    return first_line([sys.executable, "-c", code])


def write_plan(run):
    path = Path(run.scratch, "plan.json")
    path.write_text(json.dumps(run.plan), encoding="utf-8")
    return str(path)


def labday(binary):
    binary = os.path.abspath(binary)
    # A new level of labday belongs to the class that it is named after.
    def contestant(level):
        def command(run):
            mode = "blocking" if run.cores == 1 else f"threads:workers={run.cores}"
            return labday_cli.command(binary, level, mode, run.folder, run.output)

        return Contestant("labday", level, level, "Pillow's bicubic, exact", command)

    levels = [contestant(level) for level in labday_cli.levels(binary)]
    return Tool("labday", lambda: first_line([binary, "--version"]).split()[-1], levels)


def pillow():
    def contestant(size_class, setting, *arguments):
        def command(run):
            script = str(HERE.parent / "pillow_job.py")
            return [sys.executable, script, run.folder, run.output, "--processes", str(run.cores), *arguments]

        return Contestant("Pillow", setting, size_class, "bicubic", command)

    version = "import PIL, PIL.features as f; print(PIL.__version__, 'with zlib', f.version('zlib'))"
    return Tool("Pillow", lambda: python(version), [
        contestant("small", "level 9", "--compress-level", "9"),
        contestant("balanced", "default"),
        contestant("fast", "run-length", "--compress-type", "3", "--compress-level", "1"),
        contestant("fastest", "Huffman only", "--compress-type", "2"),
    ])


def vips():
    def contestant(size_class, setting, level, filters):
        def command(run):
            script = str(HERE / "vips_job.py")
            return [sys.executable, script, write_plan(run), run.output, str(level), filters, str(run.cores)]

        return Contestant("libvips", setting, size_class, "bicubic, aligned at the corner", command)

    version = "import vips_job; print(vips_job.Vips.version_string())"
    return Tool("libvips", lambda: python(version), [
        contestant("balanced", "level 6, adaptive", 6, "all"),
        contestant("fast", "level 4, adaptive", 4, "all"),
        contestant("fastest", "level 1, adaptive", 1, "all"),
        contestant("fastest", "level 1, Up", 1, "up"),
    ])


def sharp():
    def contestant(size_class, setting, level, adaptive):
        def command(run):
            script = str(HERE / "sharp_job.mjs")
            return ["node", script, write_plan(run), run.output, str(level), json.dumps(adaptive), str(run.cores)]

        return Contestant("sharp", setting, size_class, "bicubic, aligned at the corner", command)

    code = (
        "const own = require('sharp').versions;"
        "console.log(`${own.sharp} with libvips ${own.vips}, zlib-ng ${own['zlib-ng']}`)"
    )
    return Tool("sharp", lambda: first_line(["node", "-e", code]), [
        contestant("small", "level 9, adaptive", 9, True),
        contestant("balanced", "level 6, adaptive", 6, True),
        contestant("fast", "level 4, adaptive", 4, True),
        contestant("fast", "level 2, adaptive", 2, True),
        contestant("fastest", "level 1, adaptive", 1, True),
        contestant("fastest", "level 1, no filter", 1, False),
    ])


# The two Magicks would choose a palette or grey where the pixels allow it, which is another job.
MAGICK_FORMATS = {"L": "PNG", "LA": "PNG", "RGB": "PNG24", "RGBA": "PNG32"}


def magick_output(run, entry, rendition):
    return f"{MAGICK_FORMATS[entry['channels']]}:{os.path.join(run.output, rendition['name'])}"


def make_folders(run):
    job.make_folders(run.output, [rendition["name"] for entry in run.plan for rendition in entry["renditions"]])


def imagemagick():
    program = "convert-im6.q16"
    # Strategies of zlib. Filter 5 is adaptive; 0, which should be none, is the same here and in GraphicsMagick.
    filtered, run_length = 1, 3

    def contestant(size_class, setting, level, strategy):
        def command(run):
            make_folders(run)
            calls = []
            for entry in run.plan:
                call = [entry["source"]]
                for rendition in entry["renditions"]:
                    size = f"{rendition['width']}x{rendition['height']}!"
                    target = magick_output(run, entry, rendition)
                    call += ["(", "+clone", "-filter", "Catrom", "-resize", size, "-write", target, "+delete", ")"]
                calls.append([*call, "null:"])
            arguments = Path(run.scratch, "arguments")
            arguments.write_bytes(b"".join(os.fsencode(text) + b"\0" for call in calls for text in call))
            png = [f"png:compression-level={level}", f"png:compression-strategy={strategy}", "png:compression-filter=5"]
            defines = [word for define in png for word in ("-define", define)]
            return ["xargs", "-0", "-a", str(arguments), "-n", str(len(calls[0])), "-P", str(run.cores),
                    program, "-depth", "8", *defines]

        return Contestant("ImageMagick", setting, size_class, "Catmull-Rom, 16 bits cut to 8", command)

    return Tool("ImageMagick", lambda: first_line([program, "-version"]).split(" http")[0].split("ImageMagick ")[1], [
        contestant("balanced", "level 6, adaptive", 6, filtered),
        contestant("fastest", "run-length, adaptive", 1, run_length),
    ])


def graphicsmagick():
    def contestant(size_class, setting, level):
        def command(run):
            make_folders(run)
            batches = []
            # A file of commands a source: the source is decoded once, to the process's memory (MPR).
            for number, entry in enumerate(run.plan):
                lines = [["convert", entry["source"], "MPR:source"]]
                for rendition in entry["renditions"]:
                    size = f"{rendition['width']}x{rendition['height']}!"
                    lines.append(["convert", "MPR:source", "-filter", "Catrom", "-resize", size, "-depth", "8",
                                  "-quality", f"{level}5", magick_output(run, entry, rendition)])
                batch = Path(run.scratch, f"batch-{number}")
                batch.write_text("\n".join(" ".join(f'"{word}"' for word in line) for line in lines) + "\n")
                batches.append(str(batch))
            names = Path(run.scratch, "batches")
            names.write_text("\0".join(batches))
            return ["xargs", "-0", "-a", str(names), "-n", "1", "-P", str(run.cores),
                    "gm", "batch", "-stop-on-error", "on"]

        return Contestant("GraphicsMagick", setting, size_class, "Catmull-Rom, 16 bits cut to 8", command)

    return Tool("GraphicsMagick", lambda: first_line(["gm", "version"]).split(" http")[0].split("GraphicsMagick ")[1], [
        contestant("balanced", "level 6, adaptive", 6),
        contestant("fastest", "level 1, adaptive", 1),
    ])


def environment(cores):
    return {**ONE_THREAD, "UV_THREADPOOL_SIZE": str(cores)}


def reason(words):
    """The line that names the error, else the last one: Node.js prints the source and the stack around it."""
    lines = words.strip().splitlines() or ["it does not start"]
    return next((line for line in lines if re.match(r"\w*Error: ", line)), lines[-1])


def available(binary):
    """The tools that are here, each with its version, and for each that is not, a sentence that says why."""
    found, missing = [], []
    for tool in (pillow(), labday(binary), sharp(), vips(), imagemagick(), graphicsmagick()):
        try:
            found.append((tool, tool.version()))
        except FileNotFoundError as error:
            missing.append(f"{tool.name} is left out: there is no {error.filename}")
        except subprocess.CalledProcessError as error:
            missing.append(f"{tool.name} is left out: {reason(error.stderr or error.stdout or '')}")
    return found, missing
