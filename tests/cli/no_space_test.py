"""The disk fills up: real ones, of a size that the test chooses."""

import resource

import pytest

from cli_lab import MODES, mount_prefix
from pictures import assert_whole_png, photo, save


@pytest.fixture
def crowded(lab):
    """Eight photos whose 40 renditions take some 5 MB."""
    for seed in range(8):
        save(photo(150, 100, seed=seed), lab.photos / f"{seed}.jpg")
    lab.out.mkdir()
    return lab


def disk(lab, kilobytes, keep=None):
    return mount_prefix(lab.out, f'mount -t tmpfs -o size={kilobytes}k labday "$OUT"', keep)


def test_too_little_space_is_found_before_the_start(crowded):
    kept = crowded.root / "kept"
    kept.mkdir()
    outcome = crowded.resize(status=2, prefix=disk(crowded, 256, kept), writes=[kept])
    assert "space" in outcome.stderr and "--no-space-check" in outcome.stderr
    assert crowded.outputs(kept) == []


def test_enough_space_is_enough(crowded):
    kept = crowded.root / "kept"
    kept.mkdir()
    crowded.resize(prefix=disk(crowded, 65536, kept), writes=[kept])
    assert len(crowded.outputs(kept)) == 40


@pytest.mark.parametrize("mode", MODES)
def test_a_disk_that_fills_up_fails_what_does_not_fit_and_leaves_the_rest_whole(crowded, mode):
    kept = crowded.root / "kept"
    kept.mkdir()
    outcome = crowded.resize(
        "--no-space-check", "--mode", mode, status=1, prefix=disk(crowded, 1024, kept), writes=[kept]
    )
    made = crowded.outputs(kept)
    assert 0 < len(made) < 40
    for name in made:
        assert_whole_png(kept / name)
    assert outcome.errors
    for error in outcome.errors:
        assert error["stage"] == "write"
        assert "No space left on device" in error["detail"]
        assert "--on-exists skip" in error["remedy"]

    # What the message advises works.
    whole = crowded.bytes_of_outputs(kept)
    crowded.run("resize", "photos", "-o", "kept", "--on-exists", "skip", writes=[kept])
    assert len(crowded.outputs(kept)) == 40
    assert whole.items() <= crowded.bytes_of_outputs(kept).items()


def test_a_disk_without_room_for_more_names_fails_likewise(crowded):
    kept = crowded.root / "kept"
    kept.mkdir()
    few_names = mount_prefix(crowded.out, 'mount -t tmpfs -o size=64m,nr_inodes=12 labday "$OUT"', kept)
    outcome = crowded.resize(status=1, prefix=few_names, writes=[kept])
    made = crowded.outputs(kept)
    assert 0 < len(made) < 40
    for name in made:
        assert_whole_png(kept / name)
    assert all("No space left on device" in error["detail"] for error in outcome.errors)


@pytest.mark.parametrize("mode", MODES)
def test_a_limit_on_the_size_of_a_file_fails_the_files_above_it(crowded, mode):
    """As `ulimit -f` sets it. The kernel also sends SIGXFSZ, which must not end the run."""

    def limit_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    outcome = crowded.resize("--scale", "50%,300%", "--mode", mode, status=1, preexec_fn=limit_files)
    assert crowded.outputs() == [f"{seed}-50.png" for seed in range(8)]
    for name in crowded.outputs():
        assert_whole_png(crowded.out / name)
    assert len(outcome.errors) == 8
    assert all(error["stage"] == "write" and "File too large" in error["detail"] for error in outcome.errors)
