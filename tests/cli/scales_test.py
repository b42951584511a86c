"""How large renditions become, and which --scale and --width are refused."""

import pytest
from PIL import Image

from pictures import load, photo, save


def sizes(lab, *arguments):
    lab.resize(*arguments)
    return {name: load(lab.out / name).size for name in lab.outputs()}


def one(lab, width, height, *arguments):
    """The size of the only rendition of a picture of the given size."""
    save(Image.new("L", (width, height), 77), lab.photos / "a.png")
    (size,) = sizes(lab, *arguments).values()
    return size


@pytest.mark.parametrize(
    "side, percent, expected",
    [
        (1440, "140%", 2016),  # 2015 in doubles
        (1450, "110%", 1595),
        (100, "115%", 115),
        (1000, "128.9%", 1289),
        (3, "33.3%", 1),
        (999, "100%", 999),
        (7, "150%", 10),
        (1, "199%", 1),
        (1, "200%", 2),
        (50, "0.001%", 1),
        (200, "12.5", 25),
        (1000, "100.1%", 1001),
        (700, "114.2857142%", 799),
    ],
)
def test_a_scale_is_exact_decimal_arithmetic_rounded_down(lab, side, percent, expected):
    assert one(lab, side, 1, "--scale", percent)[0] == expected


def test_no_side_is_ever_less_than_one_pixel(lab):
    assert one(lab, 400, 3, "--scale", "10%") == (40, 1)


@pytest.mark.parametrize(
    "source, width, expected",
    [
        ((90, 61), 50, (50, 34)),  # 33.9
        ((20, 5), 10, (10, 3)),  # 2.5: halves go up
        ((60, 40), 120, (120, 80)),
        ((1000, 1), 10, (10, 1)),
        ((3, 1000), 1, (1, 333)),
    ],
)
def test_a_width_keeps_the_aspect_and_rounds_the_height(lab, source, width, expected):
    assert one(lab, *source, "--width", width) == expected


def test_scales_may_be_written_with_and_without_the_sign(lab):
    save(Image.new("L", (100, 10)), lab.photos / "a.png")
    assert sizes(lab, "--scale", "120,50%,7.5") == {
        "a-120.png": (120, 12),
        "a-50.png": (50, 5),
        "a-7.5.png": (7, 1),
    }


@pytest.mark.parametrize(
    "scale",
    [
        "0",
        "0%",
        "0.0",
        "abc",
        "-5",
        "-5%",
        "1e2",
        "",
        ",",
        "120,",
        "120,,140",
        "120%%",
        "+120",
        "0x10",
        "nan",
        "inf",
        "1,000,0",
        "120;140",
        "1.2.3",
        "99999999999999999999",
        "1000001%",
        " ",
        "½",
    ],
)
def test_a_scale_that_is_no_decimal_above_zero_is_refused(photos, scale):
    outcome = photos.resize(f"--scale={scale}", status=2)
    assert "--scale" in outcome.stderr or "scale" in outcome.stderr.lower()
    assert not photos.out.exists()


@pytest.mark.parametrize(
    "width", ["0", "-10", "abc", "10.5", "50%", "", "10,", "99999999999999999999", "1e3"]
)
def test_a_width_that_is_no_whole_number_above_zero_is_refused(photos, width):
    outcome = photos.resize(f"--width={width}", status=2)
    assert "width" in outcome.stderr.lower()
    assert not photos.out.exists()


def test_scale_and_width_together_are_refused(photos):
    outcome = photos.resize("--scale", "50%", "--width", "30", status=2)
    assert "--scale" in outcome.stderr and "--width" in outcome.stderr
    assert not photos.out.exists()


def test_a_scale_of_100000_percent_is_done_where_it_fits(lab):
    save(photo(2, 1), lab.photos / "a.png")
    assert sizes(lab, "--scale", "100000%") == {"a-100000.png": (2000, 1000)}


def test_a_scale_of_100000_percent_of_a_photo_is_refused_for_its_pixels(lab):
    save(photo(60, 40), lab.photos / "big.jpg")
    save(photo(1, 1), lab.photos / "dot.png")
    outcome = lab.resize("--scale", "100000%", "--no-space-check", status=1)
    assert (
        "2,400,000,000" in outcome.error_for("photos/big.jpg")["detail"]
        or "60000x40000" in outcome.error_for("photos/big.jpg")["detail"]
    )
    assert "--max-rendition-pixels" in outcome.stderr
    assert lab.outputs() == ["dot-100000.png"]


def test_a_scale_of_100000_percent_says_what_is_wrong_without_any_flag(lab):
    save(photo(600, 400), lab.photos / "big.jpg")
    outcome = lab.resize("--scale", "100000%", status=(1, 2))
    assert "--max-rendition-pixels" in outcome.stderr or "--no-space-check" in outcome.stderr
    assert lab.outputs() == []


def test_sides_beyond_32_bits_are_refused_and_not_wrapped(lab):
    save(Image.new("L", (300_000, 1)), lab.photos / "a.png")
    outcome = lab.resize(
        "--scale", "1000000%,1%", "--no-space-check", "--max-rendition-pixels", "999999999999999999", status=1
    )
    assert outcome.error_for("photos/a.png")["stage"] == "resize"
    assert lab.outputs() == ["a-1.png"]
