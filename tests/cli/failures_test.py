"""Sources that cannot be done: each is named in one line, and all others are done."""

import os
import re
import time

import pytest

from cli_lab import ERROR_LINE, MODES
from pictures import assert_whole_png, photo, save

GRAINS = ["source", "rendition"]


@pytest.fixture
def mixed(lab):
    """Good photos with one bad file of every kind among them; the names of the bad ones begin with "bad"."""
    for number, name in enumerate(["a.jpg", "c.png", "y/deep.jpg", "zz.jpg"]):
        save(photo(40, 30, seed=number), lab.photos / name)
    whole = save(photo(200, 150), lab.root / "whole.jpg").read_bytes()
    whole_png = save(photo(200, 150), lab.root / "whole.png").read_bytes()
    bad = {
        "bad-empty.jpg": b"",
        "bad-text.png": b"This is no picture.\n",
        "bad-cut.jpg": whole[: len(whole) // 2],
        "bad-short.png": whole_png[: len(whole_png) // 2],
        "bad-header.png": whole_png[:20],
        "bad-flipped.png": whole_png[:5000] + bytes([whole_png[5000] ^ 0xFF]) + whole_png[5001:],
        "bad-start.jpg": whole[:3],
        "bad-gif.jpg": b"GIF89a" + bytes(100),
        "bad-html.jpg": b"<!DOCTYPE html><html>404</html>",
    }
    for name, content in bad.items():
        (lab.photos / name).write_bytes(content)
    (lab.photos / "bad-link.jpg").symlink_to("nowhere")
    os.mkfifo(lab.photos / "bad-pipe.png")
    return lab


BAD = [
    "cut.jpg",
    "empty.jpg",
    "flipped.png",
    "gif.jpg",
    "header.png",
    "html.jpg",
    "link.jpg",
    "pipe.png",
    "short.png",
    "start.jpg",
    "text.png",
]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("grain", GRAINS)
def test_bad_files_fail_alone_with_one_clear_line_each(mixed, mode, grain):
    outcome = mixed.resize("--scale", "50%,120%", "--mode", mode, "--grain", grain, "-j", "3", status=1)
    assert mixed.outputs() == sorted(
        f"{stem}-{p}.png" for stem in ("a", "c", "y/deep", "zz") for p in (120, 50)
    )
    assert sorted(error["path"] for error in outcome.errors) == [f"photos/bad-{name}" for name in BAD]
    for error in outcome.errors:
        assert error["stage"] in ("read", "decode")
        assert len(error["detail"]) > 5 and len(error["remedy"]) > 5


def test_quiet_prints_the_errors_and_nothing_else(mixed):
    outcome = mixed.resize("--scale", "50%", "--quiet", status=1)
    assert outcome.stdout == ""
    assert len(outcome.stderr.splitlines()) == len(BAD)
    assert all(ERROR_LINE.fullmatch(line) for line in outcome.stderr.splitlines())


def test_the_summary_counts_what_was_done_and_what_failed(mixed):
    outcome = mixed.resize("--scale", "50%,120%", status=1)
    assert re.search(r"\b8\b", outcome.stdout), "8 renditions were done"
    assert "fail" in outcome.stdout


def test_where_every_source_is_bad_the_exit_status_is_1_and_nothing_is_written(lab):
    (lab.photos / "a.jpg").write_text("no picture")
    lab.resize(status=1).error_for("photos/a.jpg")
    assert lab.outputs() == []


@pytest.mark.parametrize("mode", MODES)
def test_files_and_folders_without_permission_fail_alone(public_lab, mode):
    save(photo(20, 10), public_lab.photos / "good.jpg")
    save(photo(20, 10), public_lab.photos / "locked.jpg").chmod(0)
    save(photo(20, 10), public_lab.photos / "shut" / "inner.jpg")
    (public_lab.photos / "shut").chmod(0)
    public_lab.out.mkdir()
    public_lab.out.chmod(0o777)
    try:
        outcome = public_lab.resize("--scale", "50%", "--mode", mode, status=1)
    finally:
        (public_lab.photos / "shut").chmod(0o755)
    assert public_lab.outputs() == ["good-50.png"]
    assert "ermission" in outcome.error_for("photos/locked.jpg")["detail"]
    assert "ermission" in outcome.error_for("photos/shut")["detail"]


def test_a_source_that_vanishes_or_shrinks_while_others_are_done_fails_alone(lab):
    """The first sources keep the only worker busy while the last two change under its feet."""
    for number in range(20):
        save(photo(300, 200, seed=number % 2), lab.photos / f"{number:02}.jpg")
    gone = save(photo(300, 200), lab.photos / "x-gone.jpg")
    cut = save(photo(300, 200), lab.photos / "y-cut.jpg")
    running = lab.start("resize", "photos", "-o", "out", "--mode", "blocking")
    while running.poll() is None and not (lab.out.exists() and lab.outputs()):
        time.sleep(0.001)
    gone.unlink()
    os.truncate(cut, 500)
    stdout, stderr = running.communicate()
    outcome = lab.outcome(running.args, running.returncode, stdout, stderr)
    assert outcome.status == 1, outcome
    outcome.error_for("photos/x-gone.jpg")
    outcome.error_for("photos/y-cut.jpg")
    assert len(lab.outputs()) == 100


@pytest.mark.parametrize("mode", MODES)
def test_every_bad_file_of_the_corpus_is_done_or_named_in_one_line(lab, corpus, mode):
    bad = [path for folder in ("jpeg", "png") for path in sorted((corpus("bad") / folder).iterdir())]
    assert len(bad) > 500
    for number, path in enumerate(bad):
        (lab.photos / f"{number:04}{path.suffix}").symlink_to(path)
        if number % 100 == 0:
            save(photo(40, 30, seed=number), lab.photos / f"good{number}.jpg")
    outcome = lab.resize("--scale", "5%", "--name", "{source}.{ext}", "--mode", mode, status=1)
    done = {name.removesuffix(".png") for name in lab.outputs()}
    for name in done:
        assert_whole_png(lab.out / f"{name}.png")
    failed = [os.path.basename(error["path"]) for error in outcome.errors]
    assert len(outcome.stderr.splitlines()) == len(failed) == len(set(failed))
    assert done | set(failed) == {path.name for path in lab.photos.iterdir()}
    assert not done & set(failed)
    assert {name for name in done if name.startswith("good")} == {
        f"good{n}.jpg" for n in range(0, len(bad), 100)
    }
    assert len(failed) > 300


def test_every_file_of_pngsuite_is_done_but_for_the_corrupt_ones(lab, corpus):
    files = sorted(path for path in corpus("pngsuite").iterdir() if path.suffix == ".png")
    outcome = lab.run("resize", *files, "-o", "out", "--scale", "150%", status=1)
    corrupt = {str(path) for path in files if path.name.startswith("x")}
    assert {error["path"] for error in outcome.errors} == corrupt
    assert len(lab.outputs()) == len(files) - len(corrupt)
