"""What is done to the file system: nothing is overwritten unasked, and files appear whole or not at all."""

import os
import signal
import stat
import subprocess

import pytest

from cli_lab import DEFAULT_PERCENTS, MODES, mount_prefix
from pictures import assert_whole_png, load, photo, save

SCALE = ("--scale", "50%")


def test_the_output_folder_and_its_parents_are_made(photos):
    photos.run("resize", "photos", "-o", "out/deep/er", *SCALE)
    assert photos.outputs() == ["deep/er/beach-50.png", "deep/er/city-50.png", "deep/er/trip/peak-50.png"]


def test_existing_targets_stop_everything_before_the_start(photos):
    photos.out.mkdir()
    (photos.out / "city-50.png").write_text("mine")
    outcome = photos.resize(*SCALE, status=2)
    assert "out/city-50.png" in outcome.stderr and "--on-exists" in outcome.stderr
    assert photos.outputs() == ["city-50.png"]
    assert (photos.out / "city-50.png").read_text() == "mine"


def test_skip_leaves_what_is_there_and_makes_the_rest(photos):
    photos.out.mkdir()
    (photos.out / "city-50.png").write_text("mine")
    before = os.stat(photos.out / "city-50.png")
    photos.resize(*SCALE, "--on-exists", "skip")
    assert photos.outputs() == ["beach-50.png", "city-50.png", "trip/peak-50.png"]
    assert (photos.out / "city-50.png").read_text() == "mine"
    assert os.stat(photos.out / "city-50.png").st_mtime_ns == before.st_mtime_ns


def test_running_again_with_skip_does_nothing_and_succeeds(photos):
    photos.resize()
    before = {name: os.stat(photos.out / name).st_mtime_ns for name in photos.outputs()}
    photos.resize("--on-exists", "skip")
    assert {name: os.stat(photos.out / name).st_mtime_ns for name in photos.outputs()} == before


def test_replace_puts_new_files_in_the_place_of_the_old_ones(photos):
    photos.resize(*SCALE)
    expected = photos.bytes_of_outputs()
    other_name = photos.root / "kept.png"
    (photos.out / "city-50.png").write_text("old")
    os.link(photos.out / "city-50.png", other_name)
    photos.resize(*SCALE, "--on-exists", "replace", writes=[other_name])
    assert photos.bytes_of_outputs() == expected
    assert other_name.read_text() == "old"  # another name of the old file: it was replaced, not written over


def test_replace_does_not_write_through_a_link(photos):
    photos.out.mkdir()
    victim = photos.root / "victim.txt"
    victim.write_text("precious")
    (photos.out / "city-50.png").symlink_to(victim)
    photos.resize(*SCALE, "--on-exists", "replace")
    assert not (photos.out / "city-50.png").is_symlink()
    assert_whole_png(photos.out / "city-50.png")


def test_a_link_that_leads_nowhere_counts_as_existing(photos):
    photos.out.mkdir()
    (photos.out / "city-50.png").symlink_to("../nowhere.png")
    photos.resize(*SCALE, status=2)
    photos.resize(*SCALE, "--on-exists", "skip")
    assert (photos.out / "city-50.png").is_symlink()
    assert not (photos.root / "nowhere.png").exists()


def test_a_folder_under_the_name_of_a_target_is_not_removed(photos):
    (photos.out / "city-50.png").mkdir(parents=True)
    outcome = photos.resize(*SCALE, "--on-exists", "replace", status=(1, 2))
    assert "city" in outcome.stderr
    assert (photos.out / "city-50.png").is_dir()


def test_a_file_in_the_place_of_a_folder_fails_what_belongs_below_it(photos):
    photos.out.mkdir()
    (photos.out / "trip").write_text("mine")
    outcome = photos.resize(*SCALE, status=(1, 2))
    assert "trip" in outcome.stderr
    assert (photos.out / "trip").read_text() == "mine"


def test_an_output_that_is_a_file_is_refused(photos):
    photos.out.write_text("mine")
    outcome = photos.resize(*SCALE, status=2)
    assert "out" in outcome.stderr
    assert photos.out.read_text() == "mine"


def test_other_files_in_the_output_folder_are_left_alone(photos):
    photos.out.mkdir()
    (photos.out / "notes.txt").write_text("mine")
    (photos.out / "trip").mkdir(mode=0o700)
    photos.resize(*SCALE)
    assert (photos.out / "notes.txt").read_text() == "mine"
    assert stat.S_IMODE(os.stat(photos.out / "trip").st_mode) == 0o700


@pytest.mark.parametrize("umask", [0o022, 0o027, 0o077, 0o000, 0o002], ids=oct)
@pytest.mark.parametrize("mode", MODES)
def test_files_and_folders_have_the_mode_that_the_umask_leaves(photos, umask, mode):
    photos.resize(*SCALE, "--mode", mode, umask=umask)
    for where, folders, names in os.walk(photos.out):
        assert stat.S_IMODE(os.stat(where).st_mode) == 0o777 & ~umask
        for name in names:
            assert stat.S_IMODE(os.stat(os.path.join(where, name)).st_mode) == 0o666 & ~umask


def test_an_output_folder_that_may_not_be_written_is_said_so_before_the_start(public_lab):
    save(photo(20, 10), public_lab.photos / "a.jpg")
    public_lab.out.mkdir(mode=0o555)
    outcome = public_lab.resize(*SCALE, status=2)
    assert "out" in outcome.stderr and "ermission" in outcome.stderr
    assert public_lab.outputs() == []


def test_an_output_folder_that_may_not_be_made_is_said_so_before_the_start(public_lab):
    save(photo(20, 10), public_lab.photos / "a.jpg")
    public_lab.root.chmod(0o555)
    outcome = public_lab.resize(*SCALE, status=2)
    assert "out" in outcome.stderr and "ermission" in outcome.stderr
    assert not public_lab.out.exists()


def test_an_output_folder_on_a_read_only_file_system_is_said_so_before_the_start(photos):
    photos.out.mkdir()
    mount = 'mount --bind "$OUT" "$OUT" && mount -o remount,ro,bind "$OUT"'
    outcome = photos.resize(*SCALE, status=2, prefix=mount_prefix(photos.out, mount))
    assert "out" in outcome.stderr and "ead-only" in outcome.stderr
    assert photos.outputs() == []


def test_a_folder_in_the_output_that_may_not_be_written_fails_only_its_own(public_lab):
    save(photo(20, 10), public_lab.photos / "a.jpg")
    save(photo(20, 10), public_lab.photos / "closed" / "b.jpg")
    public_lab.out.mkdir()
    public_lab.out.chmod(0o777)
    (public_lab.out / "closed").mkdir(mode=0o555)
    outcome = public_lab.resize(*SCALE, status=1)
    (error,) = outcome.errors
    assert error["stage"] == "write" and "closed" in error["path"]
    assert public_lab.outputs() == ["a-50.png"]


def test_a_folder_that_was_made_for_nothing_is_taken_back(lab):
    (lab.photos / "bad").mkdir()
    (lab.photos / "bad" / "x.jpg").write_text("no picture")
    save(photo(20, 10), lab.photos / "good.jpg")
    lab.resize(*SCALE, status=1)
    assert os.listdir(lab.out) == ["good-50.png"]


@pytest.mark.parametrize("mode", MODES)
def test_killed_outright_it_leaves_only_whole_files_under_their_names(lab, mode):
    source = save(lab.busy_photo(400, 300), lab.photos / "0.jpg")
    for number in range(1, 200):  # on a loaded machine it is some time before the first files are seen
        os.link(source, lab.photos / f"{number}.jpg")
    running = lab.start(
        "resize", "photos", "-o", "out", "--mode", mode, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while running.poll() is None and not (lab.out.exists() and len(lab.outputs()) > 5):
        pass
    running.kill()
    assert running.wait() == -signal.SIGKILL
    finished = [name for name in lab.outputs() if not name.startswith(".labday-tmp-")]
    assert 0 < len(finished) < 1000
    for name in finished:
        assert_whole_png(lab.out / name)
    for name in set(lab.outputs()) - set(finished):  # nothing could have removed these but the next user
        (lab.out / name).unlink()
    lab.resize("--on-exists", "skip", "--mode", "threads")
    assert len(lab.outputs()) == 1000


def test_leftovers_of_a_killed_run_do_not_disturb_the_next(photos):
    photos.out.mkdir()
    for number in range(3):
        (photos.out / f".labday-tmp-{os.getpid()}-{number}").write_text("half")
    leftovers = set(photos.outputs())
    before = subprocess.run(
        photos.command("resize", "photos", "-o", "out", *SCALE),
        cwd=photos.root,
        check=True,
        capture_output=True,
    )
    assert before.returncode == 0
    assert set(photos.outputs()) - leftovers == {"beach-50.png", "city-50.png", "trip/peak-50.png"}


def test_dry_run_lists_what_would_be_written_and_writes_nothing(photos):
    dry = photos.resize("--dry-run")
    assert not photos.out.exists()
    photos.resize()
    expected = {
        f"photos/{stem}{ending} -> out/{stem}-{percent}.png ({size[0]}x{size[1]})"
        for stem, ending in (("beach", ".jpg"), ("city", ".png"), ("trip/peak", ".jpg"))
        for percent in DEFAULT_PERCENTS
        for size in [load(photos.out / f"{stem}-{percent}.png").size]
    }
    lines = dry.stdout.splitlines()
    assert {line for line in lines if " -> " in line} == expected
    assert len([line for line in lines if " -> " in line]) == 15
    assert any("B" in line and " -> " not in line for line in lines), "no estimate of space"


def test_dry_run_escapes_names_and_finds_what_would_stop_a_run(lab):
    save(photo(20, 10), lab.photos / "two\nlines.jpg")
    assert (
        r"photos/two\x0alines.jpg -> out/two\x0alines-50.png (10x5)" in lab.resize(*SCALE, "--dry-run").stdout
    )
    save(photo(20, 10), lab.photos / "two\nlines.png")
    assert lab.resize(*SCALE, "--dry-run", status=2).stderr != ""
    assert not lab.out.exists()
