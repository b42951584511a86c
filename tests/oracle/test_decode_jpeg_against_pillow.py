"""Decoding a JPEG must give Pillow's pixels, and refuse nothing that Pillow opens, unless something is missing or wrong."""

import io

import pytest
from PIL import Image

from decoding import Refused, assert_same, pillow
from jpeg_maker import EOI, JFIF, SOI, adobe, exif, make_jpeg, segment

SIZES = [(1, 1), (8, 8), (17, 16), (37, 23), (5, 64), (64, 5)]
SAMPLINGS = {
    "grey": [(1, 1)],
    "grey 2x2": [(2, 2)],
    "4:4:4": [(1, 1), (1, 1), (1, 1)],
    "4:2:2": [(2, 1), (1, 1), (1, 1)],
    "4:2:0": [(2, 2), (1, 1), (1, 1)],
    "4:1:1": [(4, 1), (1, 1), (1, 1)],
    "4:4:0": [(1, 2), (1, 1), (1, 1)],
    "4:1:0": [(4, 2), (1, 1), (1, 1)],
    "chroma larger": [(1, 1), (2, 2), (1, 2)],
    "uneven": [(2, 2), (2, 1), (1, 2)],
    "four channels": [(1, 1), (1, 1), (1, 1), (1, 1)],
    "four channels, two halved": [(2, 2), (1, 1), (1, 1), (2, 2)],
}


@pytest.mark.parametrize("name", SAMPLINGS)
def test_jpeg_of_every_sampling_size_and_colour_space(decode, name):
    sampling = SAMPLINGS[name]
    spaces = {1: [JFIF], 3: [JFIF, adobe(0), adobe(1)], 4: [b"", adobe(0), adobe(2)]}[len(sampling)]
    for size in SIZES:
        for head in spaces:
            data = make_jpeg(sampling, size, head=head)
            assert_same(decode(data), pillow(data), f"{name} {size} {head}")


@pytest.mark.parametrize("name", SAMPLINGS)
def test_jpeg_with_restart_markers_or_a_scan_a_channel(decode, name):
    sampling = SAMPLINGS[name]
    for restart in (1, 3):
        data = make_jpeg(sampling, restart=restart)
        assert_same(decode(data), pillow(data), f"restart every {restart}")
    data = make_jpeg(sampling, scans=[[c] for c in range(len(sampling))])
    assert_same(decode(data), pillow(data), "a scan a channel")


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode, subsampling", [("L", 0), ("RGB", 0), ("RGB", 1), ("RGB", 2), ("CMYK", 0)])
def test_jpeg_of_pillows_own_encoder(decode, mode, subsampling, progressive):
    for size in SIZES:
        for quality in (5, 75, 100):
            file = io.BytesIO()
            picture = Image.effect_noise(size, 60).convert("RGB").convert(mode)
            picture.save(file, "JPEG", subsampling=subsampling, progressive=progressive, quality=quality)
            assert_same(decode(file.getvalue()), pillow(file.getvalue()), f"{size} {quality}")


def with_exif(content):
    return make_jpeg(head=JFIF + segment(0xE1, content))


GOOD = make_jpeg()
ORIENTED = b"Exif\0\0" + exif(6)
JPEG_VARIANTS = {
    "no header of its own": make_jpeg(head=b""),
    "JFIF beats Adobe": make_jpeg(head=JFIF + adobe(0)),
    "Adobe with an unknown transform": make_jpeg(head=adobe(7)),
    "four channels with a transform of three": make_jpeg(SAMPLINGS["four channels"], head=adobe(1)),
    "components called RGB": make_jpeg(ids=b"RGB", head=b""),
    "components called RGB, but JFIF": make_jpeg(ids=b"RGB"),
    "components counted from 0": make_jpeg(ids=b"\0\1\2", head=b""),
    "components of any number": make_jpeg(ids=b"\x09\x07\xff", head=b""),
    "JFIF of the future": make_jpeg(head=segment(0xE0, b"JFIF\0\7\1\0\0\1\0\1\0\0")),
    "JFIF with a thumbnail": make_jpeg(head=segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\2\1abcdef")),
    "extended sequential": make_jpeg(sof=0xC1),
    "fill bytes before a marker": SOI + b"\xff\xff\xff" + GOOD[2:],
    "other markers": make_jpeg(head=JFIF + segment(0xEF, b"x" * 65000) + segment(0xFE, b"\xff\xd8 hello")),
    "bytes before the end": make_jpeg(tail=b"\0\1\2"),
    "the number of lines once more": make_jpeg(tail=b"\xff\xdc\0\4\0\x17"),
    "bytes behind the end": GOOD + b"\0garbage" * 1000,
    "another JPEG behind the end": GOOD + make_jpeg(SAMPLINGS["4:2:0"], (80, 60)),
    "the end twice": GOOD + EOI,
    "EXIF that is no TIFF": with_exif(b"Exif\0\0nonsense"),
    "EXIF that is empty": with_exif(b"Exif\0\0"),
    "EXIF cut in its entry": with_exif(ORIENTED[:-8]),
    "EXIF with too many entries": with_exif(ORIENTED[:14] + b"\xff\xff" + ORIENTED[16:]),
    "EXIF that points behind its end": with_exif(ORIENTED[:10] + b"\xff\xff\xff\x7f" + ORIENTED[14:]),
    "a profile of which parts are missing": make_jpeg(
        head=JFIF + segment(0xE2, b"ICC_PROFILE\0\2\3" + b"x" * 200)
    ),
    "a profile that is none": make_jpeg(head=JFIF + segment(0xE2, b"ICC_PROFILE\0\1\1" + b"x" * 200)),
    "tables for every scan": make_jpeg(scans=[[0, 1], [2]]),
}


@pytest.mark.parametrize("name", JPEG_VARIANTS)
def test_jpeg_that_is_odd_but_whole_is_not_refused(decode, name):
    data = JPEG_VARIANTS[name]
    expected = pillow(data)
    assert expected is not None, "this list is of what Pillow opens"
    assert_same(decode(data), expected, name)


def test_multi_picture_format_shows_its_first_picture(decode):
    file = io.BytesIO()
    first, second = (Image.effect_noise((40, 30), sigma).convert("RGB") for sigma in (50, 90))
    first.save(file, "MPO", save_all=True, append_images=[second])
    assert_same(decode(file.getvalue()), pillow(file.getvalue()))


def replaced(data, marker, offset, new):
    at = data.index(bytes([0xFF, marker])) + offset
    return data[:at] + new + data[at + len(new) :]


# What is missing or wrong in each, and the code of the refusal.
REFUSED_JPEGS = {
    "no end marker": (GOOD[:-2], "truncated"),
    "cut in the pixels": (GOOD[: len(GOOD) * 2 // 3], "truncated"),
    "cut in the tables": (GOOD[:150], "truncated"),
    "256 lines, and data for 23": (replaced(GOOD, 0xC0, 5, b"\1\0"), "corrupt"),
    "restart markers out of order": (make_jpeg(restart=1).replace(b"\xff\xd1", b"\xff\xd5"), "corrupt"),
    "no scan of the third channel": (make_jpeg(scans=[[0], [1]]), "corrupt"),
    "no quantisation table": (GOOD.replace(b"\xff\xdb", b"\xff\xef"), "corrupt"),
    "lossless": (make_jpeg(sof=0xC3), "unsupported"),
    "hierarchical": (make_jpeg(sof=0xC5), "unsupported"),
    "12 bits": (replaced(GOOD, 0xC0, 4, b"\x0c"), "unsupported"),
    "the number of lines comes later": (replaced(GOOD, 0xC0, 5, b"\0\0"), "unsupported"),
    "two channels": (make_jpeg([(1, 1)] * 2), "unsupported"),
}


@pytest.mark.parametrize("name", REFUSED_JPEGS)
def test_jpeg_that_is_not_whole_or_not_known_is_refused_with_a_reason(decode, name):
    data, code = REFUSED_JPEGS[name]
    refused = decode(data)
    assert isinstance(refused, Refused) and refused.code == code, refused
    assert len(refused.detail) > 15
