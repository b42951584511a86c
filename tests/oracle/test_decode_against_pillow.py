"""What comes out beside the pixels, orientation and profile; and the pixels of real images."""

import io
import struct

import pytest
from PIL import Image, ImageOps

from corpus import corpus_files
from decoding import Refused, assert_same, dump, expanded, pillow
from jpeg_maker import JFIF, exif, make_jpeg, segment
from png_maker import chunk, make_png


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("orientation", range(1, 9))
def test_upright_is_what_pillow_transposes(decode, orientation, order):
    tiff = exif(orientation, order)
    for data in (
        make_jpeg(head=JFIF + segment(0xE1, b"Exif\0\0" + tiff)),
        make_png(before=chunk(b"eXIf", tiff)),
    ):
        picture = Image.open(io.BytesIO(data))
        assert_same(decode(data), expanded(picture))
        upright = decode(data, "--upright")
        assert upright.orientation == orientation
        assert_same(upright, ImageOps.exif_transpose(picture))


def profile(space, count=3000):
    return (
        struct.pack(">I", count)
        + bytes(12)
        + space
        + bytes(16)
        + b"acsp"
        + bytes(i % 251 for i in range(count - 40))
    )


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
@pytest.mark.parametrize(
    "mode, space, kept",
    [("RGB", b"RGB ", True), ("L", b"GRAY", True), ("L", b"RGB ", False), ("RGB", b"CMYK", False)],
)
def test_a_profile_that_fits_is_kept(decode, mode, space, kept, format):
    for count in (128, 3000, 150_000):
        file = io.BytesIO()
        Image.effect_noise((20, 10), 50).convert(mode).save(file, format, icc_profile=profile(space, count))
        decoded = decode(file.getvalue())
        assert decoded.profile == (profile(space, count) if kept else b"")
        assert decoded.warnings == (0 if kept else 1)


@pytest.mark.parametrize("folder", ["photos", "large", "graphics", "exif"])
def test_pictures_of_the_corpus_are_pillows(folder):
    for path in corpus_files(folder):
        (decoded,) = dump([path])
        picture = Image.open(path)
        assert_same(decoded, expanded(picture), path.name)
        assert decoded.profile in (picture.info.get("icc_profile") or b"", b"")
        if folder == "exif":
            upright = ImageOps.exif_transpose(picture)
            assert_same(dump([path], "--upright")[0], upright, path.name)


def test_valid_files_of_pngsuite_are_pillows_and_corrupt_ones_are_refused():
    paths = corpus_files("pngsuite")
    for path, result in zip(paths, dump(paths)):
        if path.name.startswith("x"):
            assert isinstance(result, Refused) and len(result.detail) > 15, path.name
        elif path.name[:3] not in ("tbb", "tbw", "tbg", "tbr", "tp0", "tp1") or path.name[3:6] == "n3p":
            # The others have a key of 16 or 4 bits, see above; tests/image compares all with libpng.
            assert_same(result, pillow(path.read_bytes()), path.name)


@pytest.mark.parametrize("folder", ["bad/jpeg", "bad/png"])
def test_bad_files_of_the_corpus_are_decoded_as_pillow_does_or_refused_with_a_reason(folder):
    paths = corpus_files(folder)
    refused = 0
    for path, result in zip(paths, dump(paths)):
        if isinstance(result, Refused):
            refused += 1
            assert len(result.detail) > 10 and not result.detail.endswith("."), path.name
            continue
        picture = pillow(path.read_bytes())
        if picture is not None and picture.mode == result.mode and picture.size == result.size:
            assert_same(result, picture, path.name)
    assert 0 < refused < len(paths)
