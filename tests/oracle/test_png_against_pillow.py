"""PNGs of labday's writer, opened by Pillow, and their sizes against those of Pillow's own."""

import io
import os
import pathlib
import random
import subprocess

import pytest
from PIL import Image

LEVELS = ("fastest", "fast", "balanced", "small")
MODES = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}
# The most bytes that each level may take, against Pillow's default.
RATIOS = {"fastest": 1.30, "fast": 1.10, "balanced": 1.00, "small": 0.97}


def encode(image, level):
    command = [os.environ["LABDAY_PNG_DUMP"], str(image.width), str(image.height), str(MODES[image.mode]), level]
    return subprocess.run(command, input=image.tobytes(), stdout=subprocess.PIPE, check=True).stdout


def pillow_size(image):
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.tell()


def picture(mode, size, seed):
    """Small noise made large: smooth regions, edges and a little grain."""
    dice = random.Random(seed)
    small = (max(1, size[0] // 9), max(1, size[1] // 9))
    noise = Image.frombytes(mode, small, dice.randbytes(small[0] * small[1] * MODES[mode]))
    return noise.resize(size, Image.BICUBIC)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [(1, 1), (1, 50), (50, 1), (3, 7), (64, 64), (331, 257), (1500, 400)])
def test_pillow_reads_the_pixels_that_were_written(mode, size, level):
    image = picture(mode, size, seed=size[0])
    read = Image.open(io.BytesIO(encode(image, level)))
    assert (read.format, read.mode, read.size) == ("PNG", mode, size)
    assert read.tobytes() == image.tobytes()


def corpus(name):
    default = pathlib.Path(__file__).parents[2] / ".." / "shared" / "corpus"
    return pathlib.Path(os.environ.get("LABDAY_CORPUS", default)) / name


@pytest.mark.skipif(not corpus("photos").is_dir(), reason="no corpus folder 'photos': set LABDAY_CORPUS")
def test_files_of_photographs_are_as_small_as_promised():
    own = dict.fromkeys(LEVELS, 0)
    pillow = 0
    for path in sorted(corpus("photos").iterdir()):
        photo = Image.open(path).convert("RGB")
        rendition = photo.resize((photo.width * 140 // 100, photo.height * 140 // 100), Image.BICUBIC)
        pillow += pillow_size(rendition)
        for level in LEVELS:
            own[level] += len(encode(rendition, level))
    for level in LEVELS:
        assert own[level] / pillow <= RATIOS[level], level
