"""The pixels in the files are Pillow's, bit for bit, from the command line to the file on disk."""

import random
import shutil
import subprocess

import pytest
from PIL import Image, ImageOps

from pictures import load, photo, save

PILLOW_FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "hamming": Image.Resampling.HAMMING,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
PERCENTS = (7, 50, 99, 100, 101, 120, 180, 333)


def scaled(picture, percent, resample=Image.Resampling.BICUBIC):
    size = tuple(max(1, side * percent // 100) for side in picture.size)
    return picture.resize(size, resample)


def assert_same(path, expected):
    actual = load(path)
    assert (actual.mode, actual.size) == (expected.mode, expected.size), path
    assert actual.tobytes() == expected.tobytes(), f"{path}: other pixels than Pillow's"


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_png_sources_are_resized_as_pillow_resizes_them(lab, mode):
    source = photo(61, 47, mode)
    if "A" in mode:  # fully transparent and opaque places too
        source.putalpha(source.getchannel("A").point(lambda a: 0 if a < 80 else 255 if a > 170 else a))
    save(source, lab.photos / "a.png")
    lab.resize("--scale", ",".join(map(str, PERCENTS)))
    for percent in PERCENTS:
        assert_same(lab.out / f"a-{percent}.png", scaled(source, percent))


@pytest.mark.parametrize(
    "options",
    [
        {"quality": 85},
        {"quality": 60, "progressive": True},
        {"quality": 95, "subsampling": 0},
        {"quality": 75, "subsampling": 1},
        {"quality": 30, "restart_marker_blocks": 3},
    ],
    ids=str,
)
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_jpeg_sources_are_decoded_and_resized_as_pillow_does(lab, mode, options):
    path = save(photo(123, 77, mode), lab.photos / "a.jpg", **options)
    lab.resize("--scale", "50,120,200")
    for percent in (50, 120, 200):
        assert_same(lab.out / f"a-{percent}.png", scaled(load(path), percent))


def test_cmyk_sources_become_rgb_as_pillow_converts_them(lab):
    path = save(photo(40, 30).convert("CMYK"), lab.photos / "a.jpg")
    lab.resize("--scale", "120")
    assert_same(lab.out / "a-120.png", scaled(load(path).convert("RGB"), 120))


def test_palettes_single_bits_and_16_bits_are_expanded_first(lab):
    palette = photo(40, 30, "P")
    save(palette, lab.photos / "palette.png")
    bits = photo(40, 30, "1")
    save(bits, lab.photos / "bits.png")
    rng = random.Random(1)
    values = [rng.randrange(65536) for _ in range(40 * 30)]
    deep = Image.frombytes("I;16", (40, 30), b"".join(value.to_bytes(2, "little") for value in values))
    save(deep, lab.photos / "deep.png")
    lab.resize("--scale", "150")
    assert_same(lab.out / "palette-150.png", scaled(palette.convert("RGB"), 150))
    assert_same(lab.out / "bits-150.png", scaled(bits.convert("L"), 150))
    high = Image.frombytes("L", (40, 30), bytes(value >> 8 for value in values))
    assert_same(lab.out / "deep-150.png", scaled(high, 150))


@pytest.mark.parametrize("name", PILLOW_FILTERS)
def test_every_filter_is_pillows(lab, name):
    source = photo(64, 48, "RGBA")
    save(source, lab.photos / "a.png")
    lab.resize("--scale", "33,150,217", "--filter", name)
    for percent in (33, 150, 217):
        assert_same(lab.out / f"a-{percent}.png", scaled(source, percent, PILLOW_FILTERS[name]))


def test_random_sizes_down_to_one_pixel_agree(lab):
    rng = random.Random(7)
    sources = {}
    for number in range(40):
        sources[number] = photo(
            rng.randint(1, 90), rng.randint(1, 90), rng.choice(["L", "RGB", "RGBA"]), seed=number
        )
        save(sources[number], lab.photos / f"{number}.png")
    lab.resize("--scale", "3,41,77,123,290")
    for number, source in sources.items():
        for percent in (3, 41, 77, 123, 290):
            assert_same(lab.out / f"{number}-{percent}.png", scaled(source, percent))


LEVELS = ("fastest", "fast", "balanced", "small")


@pytest.mark.parametrize("level", LEVELS)
def test_every_png_level_holds_the_same_pixels(lab, level):
    source = photo(301, 200)
    save(source, lab.photos / "a.png")
    lab.resize("--scale", "70,130", "--png", level)
    for percent in (70, 130):
        assert_same(lab.out / f"a-{percent}.png", scaled(source, percent))


def test_smaller_levels_are_smaller(lab):
    save(photo(500, 400), lab.photos / "a.png")
    sizes = {}
    for level in LEVELS:
        lab.run("resize", "photos", "-o", f"out/{level}", "--png", level, "--scale", "150")
        sizes[level] = (lab.out / level / "a-150.png").stat().st_size
    assert sizes["fastest"] > sizes["fast"] > sizes["balanced"], sizes
    # On pictures of noise, as this one, the search for matches that `small` does can cost a few bytes.
    assert sizes["small"] < 1.01 * sizes["balanced"], sizes


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_exif_orientation_is_applied_unless_asked_not_to(lab, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = save(photo(60, 40), lab.photos / "a.jpg", exif=exif)
    stored = load(path)
    with Image.open(path) as picture:
        upright = ImageOps.exif_transpose(picture)
    assert upright.size == ((40, 60) if orientation > 4 else (60, 40))
    lab.resize("--scale", "130")
    assert_same(lab.out / "a-130.png", scaled(upright, 130))
    lab.run("resize", "photos", "-o", "out/as-stored", "--scale", "130", "--orient", "none")
    assert_same(lab.out / "as-stored" / "a-130.png", scaled(stored, 130))
    assert load(lab.out / "a-130.png").getexif().get(0x0112, 1) == 1


def test_the_eight_orientations_of_one_scene_look_alike(lab, corpus):
    lab.run("resize", corpus("exif"), "-o", "out", "--width", "300")
    small = [load(lab.out / name).resize((30, 20)) for name in lab.outputs()]
    assert len(small) == 8
    for other in small[1:]:
        worst = max(abs(a - b) for a, b in zip(small[0].tobytes(), other.tobytes()))
        assert worst < 40, "one of them is not upright"


def icc_profile(space=b"RGB "):
    """A well-formed sRGB profile by Pillow's LittleCMS; for other colour spaces, only its header says so."""
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile[:16] + space + profile[20:]


@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
@pytest.mark.parametrize("orient", ["exif", "none"])
def test_an_icc_profile_is_kept(lab, name, orient):
    profile = icc_profile()
    save(photo(60, 40), lab.photos / name, icc_profile=profile)
    lab.resize("--scale", "50,120", "--orient", orient)
    for percent in (50, 120):
        assert load(lab.out / f"a-{percent}.png").info["icc_profile"] == profile


def test_a_profile_for_inks_is_not_kept_when_the_pixels_become_rgb(lab):
    save(photo(60, 40).convert("CMYK"), lab.photos / "a.jpg", icc_profile=icc_profile(b"CMYK"))
    lab.resize("--scale", "50")
    assert "icc_profile" not in load(lab.out / "a-50.png").info


def test_pngcheck_finds_nothing_wrong(lab):
    if shutil.which("pngcheck") is None:
        pytest.skip("no pngcheck")
    for mode in ("L", "LA", "RGB", "RGBA"):
        save(
            photo(90, 60, mode),
            lab.photos / f"{mode}.png",
            icc_profile=icc_profile(b"RGB " if "RGB" in mode else b"GRAY"),
        )
    for level in LEVELS:
        lab.run("resize", "photos", "-o", f"out/{level}", "--png", level, "--scale", "1,50,250")
    files = [lab.out / name for name in lab.outputs()]
    assert len(files) == 48
    done = subprocess.run(["pngcheck", "-q", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout + done.stderr == ""


def test_photographs_give_pillows_pixels(lab, corpus):
    paths = sorted(corpus("photos").glob("*.jpg"))[:3]
    lab.run("resize", *paths, "-o", "out", "--orient", "none", "--scale", "35,120")
    for path in paths:
        for percent in (35, 120):
            assert_same(lab.out / f"{path.stem}-{percent}.png", scaled(load(path), percent))
