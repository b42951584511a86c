"""PNGs of every kind, chunk by chunk: Pillow itself writes few of them, and none that is odd."""

import random
import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, COLOUR, PALETTE, GREY_ALPHA, COLOUR_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, COLOUR: 3, PALETTE: 1, GREY_ALPHA: 2, COLOUR_ALPHA: 4}
KINDS = [
    (kind, depth)
    for kind, depths in [
        (GREY, (1, 2, 4, 8, 16)),
        (COLOUR, (8, 16)),
        (PALETTE, (1, 2, 4, 8)),
        (GREY_ALPHA, (8, 16)),
        (COLOUR_ALPHA, (8, 16)),
    ]
    for depth in depths
]
# The first column and row of each pass, and the steps between its columns and rows (PNG, 8.2).
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
END_SIZE = 12


def chunk(kind, content=b"", crc=None):
    right = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", right if crc is None else crc)


def header(size, depth, kind, interlaced=False):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", *size, depth, kind, 0, 0, int(interlaced)))


def rows(size, depth, kind, interlaced=False, seed=1):
    """Filtered rows, at random: any byte is a valid pixel behind any of the five filters."""
    dice = random.Random(f"{size} {depth} {kind} {seed}")
    data = b""
    for x, y, across, down in ADAM7 if interlaced else ((0, 0, 1, 1),):
        width, height = -(-(size[0] - x) // across), -(-(size[1] - y) // down)
        if width <= 0 or height <= 0:
            continue
        row_bytes = (width * depth * CHANNELS[kind] + 7) // 8
        data += b"".join(bytes([dice.randrange(5)]) + dice.randbytes(row_bytes) for _ in range(height))
    return data


def palette(depth):
    return chunk(b"PLTE", random.Random(depth).randbytes(3 << depth))


def make_png(size=(29, 17), depth=8, kind=COLOUR, before=b"", after=b"", interlaced=False, idat=None):
    """`before` and `after` stand around `idat`, the chunks of pixels; a palette comes first of all."""
    if idat is None:
        idat = chunk(b"IDAT", zlib.compress(rows(size, depth, kind, interlaced)))
    start = SIGNATURE + header(size, depth, kind, interlaced)
    if kind == PALETTE:
        start += palette(depth)
    return start + before + idat + after + chunk(b"IEND")
