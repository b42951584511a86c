"""Decoding a PNG must give Pillow's pixels, and refuse nothing that Pillow opens, unless something is missing or wrong."""

import struct
import zlib

import pytest

from decoding import Refused, assert_same, pillow
from png_maker import (
    COLOUR,
    END_SIZE,
    GREY,
    GREY_ALPHA,
    KINDS,
    PALETTE,
    SIGNATURE,
    chunk,
    header,
    make_png,
    rows,
)


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("kind, depth", KINDS)
def test_png_of_every_colour_type_depth_and_interlacing(decode, kind, depth, interlaced):
    for size in [(1, 1), (2, 7), (5, 3), (8, 8), (29, 17), (64, 33)]:
        data = make_png(size, depth, kind, interlaced=interlaced)
        assert_same(decode(data), pillow(data), f"{size}")


# A key of 16 or less than 8 bits is left out: Pillow compares it with the converted sample. tests/image has those.
@pytest.mark.parametrize(
    "depth, kind, content",
    [
        (1, PALETTE, b"\0"),
        (2, PALETTE, b"\x10\x20\x30\x40"),
        (4, PALETTE, b"\x80"),
        (8, PALETTE, bytes(range(200))),
        (8, GREY, b"\0\x40"),
        (8, COLOUR, b"\0\x40\0\x41\0\x42"),
    ],
)
@pytest.mark.parametrize("interlaced", [False, True])
def test_png_with_transparency_in_a_chunk(decode, depth, kind, content, interlaced):
    data = make_png((64, 65), depth, kind, chunk(b"tRNS", content), interlaced=interlaced)
    decoded = decode(data)
    assert_same(decoded, pillow(data))
    assert decoded.mode == ("LA" if kind == GREY else "RGBA")


def test_png_key_of_a_colour_that_occurs(decode):
    """Random pixels seldom hit a key; these have it in every second place."""
    size = (16, 4)
    raw = b"".join(b"\0" + bytes([10, 20, 30, 10, 20, 31]) * 8 for _ in range(size[1]))
    data = make_png(
        size, before=chunk(b"tRNS", b"\0\x0a\0\x14\0\x1e"), idat=chunk(b"IDAT", zlib.compress(raw))
    )
    decoded = decode(data)
    assert_same(decoded, pillow(data))
    assert decoded.pixels[3::4] == b"\0\xff" * 32


def too_small_a_window(stream):
    head = stream[1] & 0xE0
    return bytes([0x08, head + 31 - (0x0800 + head) % 31]) + stream[2:]


STREAM = zlib.compress(rows((29, 17), 8, COLOUR))
FRAME = struct.pack(">IIIIIHHBB", 0, 29, 17, 0, 0, 1, 1, 0, 0)
REPEATING = b"".join(b"\0" + bytes((y % 20 * 7 + x * 13) % 251 for x in range(600)) for y in range(200))
PNG_VARIANTS = {
    "gamma, chromaticities, intent": make_png(
        before=chunk(b"gAMA", struct.pack(">I", 22000))
        + chunk(b"cHRM", struct.pack(">8I", *range(8)))
        + chunk(b"sRGB", b"\0")
    ),
    "background and significant bits": make_png(before=chunk(b"bKGD", bytes(6)) + chunk(b"sBIT", b"\5\5\5")),
    "empty IDATs": make_png(
        idat=chunk(b"IDAT") * 3
        + chunk(b"IDAT", STREAM[:9])
        + chunk(b"IDAT")
        + chunk(b"IDAT", STREAM[9:])
        + chunk(b"IDAT")
    ),
    "IDATs of one byte": make_png(
        idat=b"".join(chunk(b"IDAT", STREAM[i : i + 1]) for i in range(len(STREAM)))
    ),
    "bytes behind the stream": make_png(idat=chunk(b"IDAT", STREAM + b"extra")),
    "an IDAT behind the stream": make_png(idat=chunk(b"IDAT", STREAM) + chunk(b"IDAT", b"extra")),
    "more rows than the header says": make_png(idat=chunk(b"IDAT", zlib.compress(rows((29, 30), 8, COLOUR)))),
    "a stream that is stored": make_png(idat=chunk(b"IDAT", zlib.compress(rows((29, 17), 8, COLOUR), 0))),
    "a window smaller than the distances": make_png(
        (200, 200), idat=chunk(b"IDAT", too_small_a_window(zlib.compress(REPEATING, 9)))
    ),
    "a profile that does not inflate": make_png(before=chunk(b"iCCP", b"name\0\0broken")),
    "a profile of an unknown method": make_png(
        before=chunk(b"iCCP", b"name\0\1" + zlib.compress(bytes(200)))
    ),
    "a profile of zeros": make_png(before=chunk(b"iCCP", b"name\0\0" + zlib.compress(bytes(200)))),
    "an empty text": make_png(before=chunk(b"tEXt")),
    "a broken text": make_png(before=chunk(b"iTXt", b"a\0") + chunk(b"zTXt", b"a")),
    "a private chunk": make_png(before=chunk(b"prVt", b"1234")),
    "a reserved chunk": make_png(before=chunk(b"abcd", b"1")),
    "a palette for suggestion": make_png(before=chunk(b"PLTE", bytes(range(12)))),
    "a palette in grey": make_png(kind=GREY, before=chunk(b"PLTE", bytes(range(12)))),
    "transparency in grey with alpha": make_png(kind=GREY_ALPHA, before=chunk(b"tRNS", b"\0\x40")),
    "a key beyond the depth": make_png(before=chunk(b"tRNS", b"\1\x40\1\x41\1\x42")),
    "text before the header": SIGNATURE + chunk(b"tEXt", b"a\0b") + make_png()[8:],
    "content in the end chunk": make_png()[:-END_SIZE] + chunk(b"IEND", b"12"),
    "bytes behind the end": make_png() + b"garbage" * 1000,
    "an animation with its default image": make_png(
        before=chunk(b"acTL", struct.pack(">II", 1, 0)) + chunk(b"fcTL", FRAME)
    ),
    "an animation without": make_png(
        before=chunk(b"acTL", struct.pack(">II", 1, 0)),
        after=chunk(b"fcTL", FRAME) + chunk(b"fdAT", b"\0\0\0\1" + STREAM),
    ),
    "EXIF that is broken": make_png(before=chunk(b"eXIf", b"II")),
}


@pytest.mark.parametrize("name", PNG_VARIANTS)
def test_png_that_is_odd_but_whole_is_not_refused(decode, name):
    data = PNG_VARIANTS[name]
    expected = pillow(data)
    assert expected is not None, "this list is of what Pillow opens"
    assert_same(decode(data), expected, name)


DAMAGED_ELSEWHERE = {
    "a wrong checksum of text": make_png(before=chunk(b"tEXt", b"a\0b", crc=0)),
    "a wrong checksum of gamma": make_png(before=chunk(b"gAMA", struct.pack(">I", 22000), crc=0)),
    "chunks cut short": make_png(before=chunk(b"gAMA", b"1") + chunk(b"pHYs", b"1") + chunk(b"iCCP")),
    "a text that inflates a thousandfold": make_png(
        before=chunk(b"zTXt", b"bomb\0\0" + zlib.compress(bytes(3_000_000)))
    ),
}


@pytest.mark.parametrize("name", DAMAGED_ELSEWHERE)
def test_png_damaged_where_no_pixel_depends_on_it_is_decoded_though_pillow_refuses(decode, name):
    data = DAMAGED_ELSEWHERE[name]
    assert pillow(data) is None
    assert_same(decode(data), pillow(make_png()))


# What is missing or wrong in each, and the code of the refusal.
REFUSED_PNGS = {
    "no end chunk": (make_png()[:-END_SIZE], "truncated"),
    "cut in the pixels": (make_png()[:100], "truncated"),
    "a signature and nothing else": (SIGNATURE, "truncated"),
    "no IDAT": (make_png(idat=b""), "corrupt"),
    "a stream without its checksum": (make_png(idat=chunk(b"IDAT", STREAM[:-4])), "corrupt"),
    "a stream with a wrong checksum": (
        make_png(idat=chunk(b"IDAT", STREAM[:-1] + bytes([STREAM[-1] ^ 1]))),
        "corrupt",
    ),
    "an IDAT with a wrong checksum": (make_png(idat=chunk(b"IDAT", STREAM, crc=1)), "corrupt"),
    "a row too few": (make_png(idat=chunk(b"IDAT", zlib.compress(rows((29, 16), 8, COLOUR)))), "corrupt"),
    "an unknown filter": (
        make_png(idat=chunk(b"IDAT", zlib.compress(b"\5" + rows((29, 17), 8, COLOUR)[1:]))),
        "corrupt",
    ),
    "a wrong checksum of transparency": (make_png(before=chunk(b"tRNS", bytes(6), crc=1)), "corrupt"),
    "an unknown critical chunk": (make_png(before=chunk(b"ABCD", b"1")), "unsupported"),
    "Apple's own kind": (SIGNATURE + chunk(b"CgBI", b"1234") + make_png()[8:], "unsupported"),
    "no palette": (
        SIGNATURE + header((29, 17), 8, PALETTE) + chunk(b"IDAT", STREAM) + chunk(b"IEND"),
        "corrupt",
    ),
    "no width": (make_png(size=(0, 17), idat=chunk(b"IDAT", STREAM)), "corrupt"),
    "a depth that there is not": (make_png(depth=3, kind=GREY), "corrupt"),
}


@pytest.mark.parametrize("name", REFUSED_PNGS)
def test_png_that_is_not_whole_or_not_known_is_refused_with_a_reason(decode, name):
    data, code = REFUSED_PNGS[name]
    refused = decode(data)
    assert isinstance(refused, Refused) and refused.code == code, refused
    assert len(refused.detail) > 15
