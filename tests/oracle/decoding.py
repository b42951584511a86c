"""Decodes a file by labday and by Pillow, and compares.

LABDAY_DECODE_DUMP names the program tests/tools/decode_dump.cc.
"""

import io
import os
import struct
import subprocess
import sys
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
from lib.pixels import expanded


@dataclass
class Decoded:
    mode: str
    size: tuple
    orientation: int
    warnings: int
    pixels: bytes
    profile: bytes


@dataclass
class Refused:
    code: str
    detail: str


def parse(out):
    line, _, rest = out.partition(b"\n")
    if line.startswith(b"error "):
        _, code, detail = line.decode().split(" ", 2)
        return Refused(code, detail), rest
    _, mode, width, height, orientation, profile_bytes, count = line.decode().split()
    pixel_bytes = int(width) * int(height) * len(mode)
    end = pixel_bytes + int(profile_bytes)
    decoded = Decoded(
        mode,
        (int(width), int(height)),
        int(orientation),
        int(count),
        rest[:pixel_bytes],
        rest[pixel_bytes:end],
    )
    return decoded, rest[end:]


def dump(paths, *options):
    """What labday makes of each path, in order."""
    command = [os.environ["LABDAY_DECODE_DUMP"], *options, *map(str, paths)]
    out = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    results = []
    while out:
        result, out = parse(out)
        results.append(result)
    assert len(results) == len(paths)
    return results


def pillow(data):
    """The expanded picture, or None where Pillow refuses the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return expanded(Image.open(io.BytesIO(data)))
    except (OSError, SyntaxError, ValueError, IndexError, struct.error, zlib.error, EOFError):
        return None


def assert_same(decoded, picture, name=""):
    assert isinstance(decoded, Decoded), f"{name}: {decoded}"
    assert (decoded.mode, decoded.size) == (picture.mode, picture.size), name
    if decoded.pixels != picture.tobytes():  # a comparison that pytest would spell out for a megabyte
        pairs = enumerate(zip(decoded.pixels, picture.tobytes()))
        at, (own, other) = next((i, pair) for i, pair in pairs if pair[0] != pair[1])
        pytest.fail(f"{name}: byte {at} of {decoded.mode} {decoded.size} is {own}, Pillow has {other}")
