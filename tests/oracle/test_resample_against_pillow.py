"""Resizing must give Pillow's own pixels: all formats and filters, up and down, hundreds of random sizes.

LABDAY_RESAMPLE_DUMP names the program tests/tools/resample_dump.cc; LABDAY_CORPUS a folder with photos/.
"""

import os
import random
import subprocess

import pytest
from PIL import Image

from corpus import corpus_files

MODES = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}
FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "hamming": Image.Resampling.HAMMING,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


class Resizer:
    """One running resample_dump, asked again and again."""

    def __init__(self):
        self.process = subprocess.Popen(
            [os.environ["LABDAY_RESAMPLE_DUMP"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def resize(self, image, size, name, strip):
        line = f"{MODES[image.mode]} {image.width} {image.height} {size[0]} {size[1]} {name} {strip}\n"
        self.process.stdin.write(line.encode() + image.tobytes())
        self.process.stdin.flush()
        return self.process.stdout.read(size[0] * size[1] * MODES[image.mode])


@pytest.fixture(scope="module")
def resizer():
    running = Resizer()
    yield running
    running.process.stdin.close()
    assert running.process.wait(timeout=30) == 0


def check(resizer, image, size, name, strip=7):
    expected = image.resize(size, FILTERS[name]).tobytes()
    actual = resizer.resize(image, size, name, strip)
    assert len(actual) == len(expected)
    if actual != expected:  # a comparison that pytest would spell out for a megabyte
        at = next(i for i, (a, e) in enumerate(zip(actual, expected)) if a != e)
        pytest.fail(
            f"{image.mode} {image.size} to {size} {name}: byte {at} is {actual[at]}, Pillow has {expected[at]}"
        )


def noise(rng, mode, size):
    """Random pixels; alpha is often 0 or 255, as in real images, and some images are all 0 and 255."""
    data = bytearray(rng.randbytes(size[0] * size[1] * MODES[mode]))
    if rng.random() < 0.25:
        data = bytearray(255 if v > 127 else 0 for v in data)
    if mode in ("LA", "RGBA") and rng.random() < 0.7:
        for i in range(MODES[mode] - 1, len(data), MODES[mode]):
            data[i] = rng.choice((0, 255, data[i]))
    return Image.frombytes(mode, size, bytes(data))


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("mode", MODES)
def test_random_sizes(resizer, mode, name):
    rng = random.Random(f"{mode} {name}")
    for _ in range(60):
        image = noise(rng, mode, (rng.randint(1, 130), rng.randint(1, 90)))
        check(resizer, image, (rng.randint(1, 200), rng.randint(1, 140)), name, rng.randint(1, 50))


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("mode", MODES)
def test_one_side_kept_and_both_sides_kept(resizer, mode, name):
    rng = random.Random(f"kept {mode} {name}")
    for _ in range(10):
        image = noise(rng, mode, (rng.randint(1, 80), rng.randint(1, 80)))
        check(resizer, image, (image.width, rng.randint(1, 120)), name)
        check(resizer, image, (rng.randint(1, 120), image.height), name)
        check(resizer, image, image.size, name)


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize(
    "size, target",
    [
        ((1, 1), (300, 200)),
        ((3000, 2), (1, 1)),
        ((2, 3000), (1, 1)),
        ((2, 2), (1000, 3)),
        ((40000, 1), (3, 2)),
        ((1, 1), (1, 20000)),
        ((999, 3), (1000, 2)),
        ((7, 5), (50000, 1)),
    ],
)
def test_extreme_ratios(resizer, size, target, name):
    rng = random.Random(f"extreme {size} {name}")
    for mode in MODES:
        check(resizer, noise(rng, mode, size), target, name, 64)


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_every_pair_of_value_and_alpha(resizer, mode):
    """A height that doubles by box repeats rows: what is left is premultiplying and its undoing."""
    bands = [Image.frombytes("L", (256, 256), bytes(v for _ in range(256) for v in range(256)))]
    alpha = Image.frombytes("L", (256, 256), bytes(a for a in range(256) for _ in range(256)))
    image = Image.merge(mode, bands * (MODES[mode] - 1) + [alpha])
    check(resizer, image, (256, 512), "box", 512)


@pytest.mark.parametrize("mode, name", [("RGB", "bicubic"), ("RGB", "lanczos"), ("RGBA", "bicubic"), ("L", "box")])
def test_photos_at_the_default_scales(resizer, mode, name):
    for i, path in enumerate(corpus_files("photos")):
        with Image.open(path) as opened:
            image = opened.convert("RGB")
        if mode == "RGBA":
            image.putalpha(image.convert("L"))
        elif mode == "L":
            image = image.convert("L")
        for percent in (120, 140, 160, 180, 200) if name == "bicubic" and i < 3 else (50, 160):
            check(resizer, image, (image.width * percent // 100, image.height * percent // 100), name, 64)
