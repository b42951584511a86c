"""Limits: each flag refuses what is above it, lets pass what is at it, and is named in the message."""

import sys
import zlib

import pytest
from PIL import Image, PngImagePlugin

from cli_lab import MODES
from pictures import photo, save


def check(lab, path, flag, at_the_limit, below):
    """With the limit just low enough the file fails, naming the flag; at the limit it is done."""
    save(photo(4, 4), lab.photos / "good.jpg")
    name = path.relative_to(lab.root)
    outcome = lab.resize("--scale", "100%", flag, below, status=1)
    error = outcome.error_for(name)
    assert flag in error["detail"], error.string
    assert lab.outputs() == ["good-100.png"]
    lab.resize("--scale", "100%", flag, at_the_limit, "--on-exists", "skip")
    assert len(lab.outputs()) == 2


@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_max_pixels_is_of_a_source(lab, name):
    check(lab, save(photo(90, 60), lab.photos / name), "--max-pixels", 5400, 5399)


def test_max_rendition_pixels_is_of_what_would_be_written(lab):
    check(lab, save(photo(90, 60), lab.photos / "a.jpg"), "--max-rendition-pixels", 5400, 5399)


def test_max_file_bytes_is_of_the_file(lab):
    path = save(photo(90, 60), lab.photos / "a.jpg")
    size = path.stat().st_size
    check(lab, path, "--max-file-bytes", size, size - 1)


def test_max_jpeg_scans_stops_progressive_files_with_too_many(lab):
    check(lab, save(photo(90, 60), lab.photos / "a.jpg", progressive=True), "--max-jpeg-scans", 10, 9)


def test_max_png_chunks_counts_what_is_no_pixel_data(lab):
    notes = PngImagePlugin.PngInfo()
    for number in range(50):
        notes.add_text(f"note {number}", "text")
    path = save(photo(90, 60), lab.photos / "a.png", pnginfo=notes)
    save(photo(4, 4), lab.photos / "good.jpg")
    outcome = lab.resize("--scale", "100%", "--max-png-chunks", 49, status=1)
    assert "--max-png-chunks" in outcome.error_for("photos/a.png")["detail"]
    lab.resize("--scale", "100%", "--max-png-chunks", 60, "--on-exists", "skip")
    assert path.exists() and len(lab.outputs()) == 2


def test_max_png_chunk_bytes_is_of_one_chunk(lab):
    notes = PngImagePlugin.PngInfo()
    notes.add_text("long", "x" * 5_000_000)
    save(photo(90, 60), lab.photos / "a.png", pnginfo=notes)
    save(photo(4, 4), lab.photos / "good.jpg")
    outcome = lab.resize("--scale", "100%", "--max-png-chunk-bytes", 1_000_000, status=1)
    assert "--max-png-chunk-bytes" in outcome.error_for("photos/a.png")["detail"]
    lab.resize("--scale", "100%", "--max-png-chunk-bytes", 6_000_000, "--on-exists", "skip")
    assert len(lab.outputs()) == 2


def test_a_header_that_claims_a_huge_picture_is_refused_at_once(lab):
    """A PNG of 60 bytes that says it has 3.6 gigapixels."""

    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (60_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    (lab.photos / "bomb.png").write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )
    save(photo(4, 4), lab.photos / "good.jpg")
    outcome = lab.resize("--scale", "1%", status=1)
    assert "--max-pixels" in outcome.error_for("photos/bomb.png")["detail"]
    assert lab.outputs() == ["good-1.png"]


def claiming(content, side):
    """The same picture with another size in its header."""
    data = bytearray(content)
    if data[:4] == b"\x89PNG":
        data[16:24] = side.to_bytes(4, "big") * 2
        data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
        return bytes(data)
    at = 2
    while data[at + 1] not in (0xC0, 0xC2):
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    data[at + 5 : at + 9] = side.to_bytes(2, "big") * 2
    return bytes(data)


# A process of its own to start labday from: what one has had resident counts for those that it starts.
MEASURE = """
import os, sys
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(pid, 0)
open(sys.argv[1], "w").write(f"{usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}")
sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name, options", [("a.jpg", {}), ("a.jpg", {"progressive": True}), ("a.png", {})])
def test_a_header_that_claims_4_gigapixels_costs_neither_time_nor_memory(lab, name, options, mode):
    path = save(photo(40, 30), lab.photos / name, **options)
    path.write_bytes(claiming(path.read_bytes(), 65_500))
    figures = lab.root / "figures"
    outcome = lab.resize("--mode", mode, "-j", "2", status=1, writes=[figures],
                         prefix=[sys.executable, "-S", "-c", MEASURE, figures])  # fmt: skip
    cpu_seconds, kilobytes = map(float, figures.read_text().split())
    error = outcome.error_for(f"photos/{name}")
    assert error["stage"] == "decode" and "--max-pixels" in error["detail"]
    # Of the processor, starting the program and its workers included: no clock that others could slow down.
    assert cpu_seconds < 1
    if b"__asan_init" not in lab.binary.read_bytes():
        assert kilobytes < 50_000


def test_a_picture_of_one_colour_at_the_default_limit_passes(lab):
    save(Image.new("L", (20_000, 1_000)), lab.photos / "plain.png")
    lab.resize("--scale", "1%")
    assert lab.outputs() == ["plain-1.png"]


@pytest.mark.parametrize(
    "flag",
    [
        "--max-pixels",
        "--max-rendition-pixels",
        "--max-file-bytes",
        "--max-jpeg-scans",
        "--max-png-chunks",
        "--max-png-chunk-bytes",
    ],
)
@pytest.mark.parametrize("value", ["0", "-1", "abc", "1.5", "", "99999999999999999999999"])
def test_limits_are_whole_numbers_above_zero(lab, flag, value):
    save(photo(4, 4), lab.photos / "good.jpg")
    assert flag in lab.resize(f"{flag}={value}", status=2).stderr
    assert not lab.out.exists()
