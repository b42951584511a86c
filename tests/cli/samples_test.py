"""`labday samples`: pictures to try labday on, the same ones everywhere."""

import hashlib

import pytest

from pictures import load


def drawn(lab, folder, *arguments):
    target = lab.root / folder
    lab.run("samples", "-o", folder, *arguments, writes=[target])
    return {name: hashlib.sha256(data).hexdigest() for name, data in lab.bytes_of_outputs(target).items()}


def test_samples_are_numbered_jpegs_of_the_size_that_was_asked_for(lab):
    files = drawn(lab, "some", "--count", "3", "--size", "320x200", "--seed", "1")
    assert sorted(files) == ["sample-01.jpg", "sample-02.jpg", "sample-03.jpg"]
    for name in files:
        picture = load(lab.root / "some" / name)
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (320, 200))


def test_the_same_seed_draws_the_same_files_and_another_draws_others(lab):
    size = ("--count", "2", "--size", "160x120")
    first = drawn(lab, "a", *size, "--seed", "1")
    assert drawn(lab, "b", *size, "--seed", "1") == first
    other = drawn(lab, "c", *size, "--seed", "2")
    assert not set(other.values()) & set(first.values())
    assert len(set(first.values())) == 2


def test_more_samples_begin_with_the_same_ones(lab):
    few = drawn(lab, "few", "--count", "2", "--size", "80x60", "--seed", "5")
    many = drawn(lab, "many", "--count", "12", "--size", "80x60", "--seed", "5")
    assert len(many) == 12
    assert few.items() <= many.items()


def test_the_defaults_are_ten_of_1200_by_800(lab):
    files = drawn(lab, "some")
    assert sorted(files) == [f"sample-{number:02}.jpg" for number in range(1, 11)]
    assert load(lab.root / "some" / "sample-01.jpg").size == (1200, 800)


def test_samples_can_be_resized(lab):
    drawn(lab, "some", "--count", "2", "--size", "90x60")
    lab.run("resize", "some", "-o", "out", "--scale", "200%")
    assert lab.outputs() == ["sample-01-200.png", "sample-02-200.png"]
    assert load(lab.out / "sample-01-200.png").size == (180, 120)


def test_drawing_them_again_changes_nothing(lab):
    arguments = ("--count", "2", "--size", "90x60", "--seed", "3")
    first = drawn(lab, "some", *arguments)
    lab.run("samples", "-o", "some", *arguments, status=(0, 2), writes=[lab.root / "some"])
    assert {
        name: hashlib.sha256(data).hexdigest()
        for name, data in lab.bytes_of_outputs(lab.root / "some").items()
    } == first


def test_a_file_that_is_in_the_way_is_not_overwritten(lab):
    (lab.root / "some").mkdir()
    (lab.root / "some" / "sample-02.jpg").write_text("mine")
    outcome = lab.run(
        "samples", "-o", "some", "--count", "3", "--size", "9x9", status=2, writes=[lab.root / "some"]
    )
    assert "sample-02.jpg" in outcome.stderr
    assert "another folder with -o" in outcome.stderr and "--on-exists" not in outcome.stderr
    assert (lab.root / "some" / "sample-02.jpg").read_text() == "mine"
    assert lab.outputs(lab.root / "some") == ["sample-02.jpg"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--count", "0"),
        ("--count", "-1"),
        ("--count", "x"),
        ("--size", "0x10"),
        ("--size", "10"),
        ("--size", "10x"),
        ("--size", "axb"),
        ("--size", "10x10x10"),
        ("--size", "-5x5"),
        ("--size", "70000x10"),
        ("--seed", "x"),
        ("--seed", "-1"),
    ],
    ids=" ".join,
)
def test_counts_sizes_and_seeds_that_make_no_sense_are_refused(lab, arguments):
    assert lab.run("samples", "-o", "some", *arguments, status=2).stderr != ""
    assert not (lab.root / "some").exists()


def test_samples_without_a_folder_are_refused(lab):
    assert "-o" in lab.run("samples", status=2).stderr
