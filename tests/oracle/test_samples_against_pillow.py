"""The samples must behave like photographs where it matters to labday: in how large their PNGs become.

Pillow is the judge: it decodes a sample's JPEG, enlarges it as labday does, and writes a PNG by its default.
"""

import io
import os
import subprocess

import pytest
from PIL import Image

SAMPLE_DUMP = os.environ["LABDAY_SAMPLE_DUMP"]


def dump(folder, index, size, quality=90, seed=1):
    path = folder / f"{index}.jpg"
    subprocess.run([SAMPLE_DUMP, *map(str, (seed, index, *size, quality, path))], check=True)
    return path


def png_share(image, percent):
    """PNG bytes over raw bytes of the image enlarged to `percent`."""
    size = (image.width * percent // 100, image.height * percent // 100)
    file = io.BytesIO()
    image.resize(size, Image.BICUBIC).save(file, "PNG")
    return len(file.getvalue()) / (size[0] * size[1] * 3)


# One of each kind of scene, at the extremes of the default scales: 120 % gives the largest share, 200 % the
# smallest.
@pytest.mark.parametrize("index, percent", [(0, 200), (1, 120), (2, 200), (3, 200), (4, 120), (5, 120)])
def test_png_is_as_large_as_that_of_a_photograph(tmp_path, index, percent):
    image = Image.open(dump(tmp_path, index, (1200, 800)))
    assert image.size == (1200, 800)
    assert 0.25 <= png_share(image.convert("RGB"), percent) <= 0.6


def test_jpeg_is_baseline_with_halved_chroma(tmp_path):
    image = Image.open(dump(tmp_path, 0, (96, 64)))
    assert image.format == "JPEG"
    assert "progressive" not in image.info
    assert [layer[1:3] for layer in image.layer] == [(2, 2), (1, 1), (1, 1)]


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (500, 3), (17, 9)])
def test_odd_sizes_are_whole_jpegs(tmp_path, size):
    image = Image.open(dump(tmp_path, 1, size))
    image.load()
    assert image.size == size
