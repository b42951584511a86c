"""What the files of renditions are called, and names that are refused before anything starts."""

import os
import subprocess

import pytest

from cli_lab import mount_prefix
from pictures import photo, save


def named(lab, template, *arguments, scale="50%"):
    lab.resize("--scale", scale, "--name", template, *arguments)
    return lab.outputs()


def refused(lab, *arguments):
    """Nothing may be started: exit 2, a message, no output folder."""
    outcome = lab.run("resize", *arguments, status=2)
    assert outcome.stderr != "" and outcome.stdout == ""
    assert not lab.out.exists()
    return outcome


def test_the_default_name_has_the_folder_the_stem_and_the_percent(photos):
    photos.resize()
    percents = (120, 140, 160, 180, 200)
    assert photos.outputs() == sorted(
        f"{stem}-{p}.png" for stem in ("beach", "city", "trip/peak") for p in percents
    )


def test_the_percent_in_a_name_is_the_decimal_that_was_typed(photos):
    photos.run("resize", "photos/beach.jpg", "-o", "out", "--scale", "12.5%,33.333,120.0%,.5")
    assert photos.outputs() == ["beach-0.5.png", "beach-12.5.png", "beach-120.png", "beach-33.333.png"]


def test_the_names_of_the_python_lab_can_be_had(photos):
    photos.run("resize", "photos/beach.jpg", "-o", "out", "--name", "{stem} ({percent:.1f}%).{ext}")
    assert photos.outputs() == [f"beach ({p}.0%).png" for p in (120, 140, 160, 180, 200)]


def test_every_field_can_be_used(lab):
    save(photo(60, 40), lab.photos / "trip" / "a.b.jpg")
    name = "{dir}/{stem}_{source}_{percent}_{width}x{height}.{format}.{ext}"
    assert named(lab, name) == ["trip/a.b_a.b.jpg_50_30x20.png.png"]


def test_the_folder_vanishes_with_its_slash_where_it_is_empty(photos):
    assert named(photos, "{dir}/{stem}.{ext}") == ["beach.png", "city.png", "trip/peak.png"]


def test_a_template_may_make_folders_and_have_braces(photos):
    assert named(photos, "{percent}/{{x}}/{stem}.{ext}", scale="50%,60%") == sorted(
        f"{p}/{{x}}/{stem}.png" for p in (50, 60) for stem in ("beach", "city", "peak")
    )


def test_width_gives_the_pixels_in_the_default_name(photos):
    photos.run("resize", "photos/beach.jpg", "photos/city.png", "-o", "out", "--width", "30,15")
    assert photos.outputs() == ["beach-15.png", "beach-30.png", "city-15.png", "city-30.png"]


def test_names_that_differ_only_by_their_ending_collide_and_both_are_named(lab):
    save(photo(20, 10), lab.photos / "a.jpg")
    save(photo(20, 10), lab.photos / "a.png")
    outcome = refused(lab, "photos", "-o", "out")
    assert "photos/a.jpg" in outcome.stderr and "photos/a.png" in outcome.stderr
    lab.resize("--scale", "50%", "--name", "{source}-{percent}.{ext}")
    assert lab.outputs() == ["a.jpg-50.png", "a.png-50.png"]


FOLDING = "truncate -s 8M $OUT.img && mkfs.ext4 -q -O casefold $OUT.img && mount -o loop $OUT.img $OUT && chattr +F $OUT"


@pytest.mark.parametrize("names", [("a.jpg", "A.jpg"), ("straße/é.jpg", "STRAßE/É.jpg")])
def test_names_that_a_file_system_takes_for_one_collide(lab, names):
    for name in names:
        save(photo(20, 10), lab.photos / name)
    lab.out.mkdir()
    # A file system that is mounted nowhere else; what is not permitted here is skipped, and said so.
    prefix = mount_prefix(lab.out, FOLDING)
    made = subprocess.run([*prefix, "true"], check=False, capture_output=True)
    if made.returncode != 0:
        pytest.skip("no file system that folds case can be mounted here: " + made.stderr.decode())
    outcome = lab.run("resize", "photos", "-o", "out", "--scale", "50%", prefix=prefix, status=2,
                      writes=[lab.root / "out.img"])  # fmt: skip
    assert "folds case" in outcome.stderr
    for name in names:
        assert name in outcome.stderr


def test_names_that_differ_by_case_are_two_where_the_file_system_says_so(lab):
    for name in ("a.jpg", "A.jpg"):
        save(photo(20, 10), lab.photos / name)
    if len(list(lab.photos.iterdir())) == 1:
        pytest.skip("the file system of the tests folds case")
    lab.resize("--scale", "50%")
    assert lab.outputs() == ["A-50.png", "a-50.png"]


def test_one_file_name_in_two_source_folders_collides(lab):
    save(photo(20, 10), lab.photos / "a.jpg")
    save(photo(20, 10), lab.root / "more" / "a.jpg")
    outcome = refused(lab, "photos", "more", "-o", "out")
    assert "photos/a.jpg" in outcome.stderr and "more/a.jpg" in outcome.stderr


def test_a_template_without_the_scale_collides_where_there_are_several(photos):
    assert "photos/" in refused(photos, "photos", "-o", "out", "--name", "{dir}/{stem}.{ext}").stderr


def test_one_scale_given_twice_collides(photos):
    refused(photos, "photos", "-o", "out", "--scale", "120%,120.0%")


def test_two_scales_that_print_the_same_collide(photos):
    refused(
        photos,
        "photos/beach.jpg",
        "-o",
        "out",
        "--scale",
        "120.01%,120.02%",
        "--name",
        "{stem}-{percent:.1f}.{ext}",
    )


def test_names_that_collide_only_by_their_size_are_found_before_the_start(lab):
    save(photo(60, 40), lab.photos / "a.jpg")
    refused(lab, "photos", "-o", "out", "--scale", "50%,50.1%", "--name", "{stem}-{width}x{height}.{ext}")


@pytest.mark.parametrize(
    "template",
    [
        "../x{stem}-{percent}.{ext}",
        "/{stem}-{percent}.{ext}",
        "a/../../{stem}-{percent}.{ext}",
        "./../{stem}-{percent}.png",
        "{stem}-{percent}/..",
        "{stem}-{percent}/",
        "{stem}//{percent}.png",
        "..",
        "",
        ".labday-{stem}-{percent}.{ext}",
        ".LABDAY/{stem}-{percent}.{ext}",
    ],
)
def test_a_template_that_would_leave_the_folder_or_name_no_file_is_refused(photos, template):
    refused(photos, "photos", "-o", "out", "--name", template)


@pytest.mark.parametrize(
    "template",
    ["{nope}.{ext}", "{stem", "stem}.{ext}", "{}", "{percent:.xf}.png", "{stem:.1f}.png", "plain.png"],
)
def test_a_template_that_cannot_be_understood_is_refused(photos, template):
    outcome = refused(photos, "photos/beach.jpg", "-o", "out", "--scale", "50%", "--name", template)
    assert template in outcome.stderr or "--name" in outcome.stderr


def test_a_stem_of_two_dots_does_not_lead_out_of_the_folder(lab):
    dots = save(photo(20, 10), lab.photos / "...jpg")
    refused(lab, dots, "-o", "out/deep", "--scale", "50%", "--name", "{stem}/x.{ext}")


def test_a_folder_that_is_named_through_its_parent_gives_no_names_outside(photos):
    (photos.root / "there").mkdir()
    photos.run(
        "resize", "../photos/trip/../trip", "-o", "../out", "--scale", "50%", cwd=photos.root / "there"
    )
    assert photos.outputs() == ["peak-50.png"]


def test_a_name_that_is_too_long_is_said_so_and_leaves_nothing(lab):
    long = save(photo(20, 10), lab.photos / ("x" * 251 + ".jpg"))
    assert "x" * 251 in refused(lab, long, "-o", "out").stderr


def test_the_longest_names_that_the_file_system_takes_are_written(lab):
    save(photo(20, 10), lab.photos / ("x" * 248 + ".jpg"))
    lab.resize("--scale", "50%")
    assert lab.outputs() == ["x" * 248 + "-50.png"]


def test_bytes_of_a_name_that_are_no_text_are_escaped_in_messages(lab):
    bad = lab.photos / os.fsdecode(b"caf\xe9\n\x1b[2J.jpg")
    bad.write_text("no picture")
    save(photo(20, 10), lab.photos / "good.jpg")
    outcome = lab.resize("--scale", "50%", status=1)
    assert outcome.error_for(r"photos/caf\xe9\x0a\x1b[2J.jpg")
    assert "\x1b[2J" not in outcome.stdout + outcome.stderr
    assert lab.outputs() == ["good-50.png"]
