"""Pictures that the tests of the command line draw for themselves: no files from elsewhere are needed."""

import io
import random

from PIL import Image


def photo(width, height, mode="RGB", seed=1):
    """Smooth shapes with some noise: compresses about as badly as a photograph; the same every time."""
    rng = random.Random(f"{width} {height} {mode} {seed}")

    def band():
        shapes = Image.frombytes("L", (8, 8), rng.randbytes(64)).resize(
            (width, height), Image.Resampling.BICUBIC
        )
        noise = Image.frombytes("L", (width, height), rng.randbytes(width * height))
        return Image.blend(shapes, noise, 0.06)

    if mode in ("1", "P"):
        return photo(width, height, "L" if mode == "1" else "RGB", seed).convert(mode)
    bands = [band() for _ in mode]
    return bands[0] if len(bands) == 1 else Image.merge(mode, bands)


def save(picture, path, **options):
    """Saves in the format that the ending of the name says, however odd the name is, and returns the path."""
    kinds = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
    name = str(path).lower()
    kind = next((kinds[ending] for ending in kinds if name.endswith(ending)), "JPEG")
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())
    return path


def load(path):
    """The decoded picture; raises unless the file is whole."""
    with Image.open(path) as picture:
        picture.load()
        return picture


def assert_whole_png(path):
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", f"{path} is no PNG"
    assert data[-8:-4] == b"IEND", f"{path} is cut off"
    load(path)
