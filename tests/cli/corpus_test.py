"""A folder as bad as it gets: a thousand malformed files with good photos among them, done in every mode."""

import json
import os
import shutil
import subprocess
from collections import Counter

import pytest

from pictures import load, photo, save

GOOD = [
    "good.jpg",
    "a good one.png",
    "zz/deep/line\nbreak.jpeg",
    "m\udcff\udcfe.jpg",
    "-o.png",
    "good.jpg.PNG",
]


@pytest.fixture
def bad_folder(lab, corpus):
    """photos/ with the corpus' bad files in png/ and jpeg/, and GOOD ones around them; all names of the bad."""
    for kind in ("png", "jpeg"):
        shutil.copytree(corpus("bad") / kind, lab.photos / kind)
    for seed, name in enumerate(GOOD):
        save(photo(40 + seed, 30, seed=seed), lab.photos / name)
    bad = {os.path.join(kind, name) for kind in ("png", "jpeg") for name in os.listdir(lab.photos / kind)}
    assert len(bad) > 800
    return lab, bad


def modes(lab):
    """Every mode that can run here, by the program's own list."""
    listed = json.loads(lab.run("modes", "--json", "-").stdout)["modes"]
    names = [mode["name"] for mode in listed if mode["available"]]
    assert {"blocking", "threads"} <= set(names)
    return names


def assert_sound(files):
    """Each is a PNG to pngcheck and to Pillow."""
    checked = subprocess.run(["pngcheck", "-q", *files], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout.decode(errors="replace")[:2000]
    for path in files:
        load(path)


def test_good_files_are_done_and_each_bad_one_is_named_once_in_every_mode(bad_folder):
    lab, bad = bad_folder
    first = None
    for mode in modes(lab):
        # The names keep the sources' endings: some bad files differ in nothing else.
        options = ["--scale", "50%", "--name", "{dir}/{source}.{ext}", "--mode", mode, "-j", "2"]
        outcome = lab.resize(*options, status=1)
        lines = Counter(error["path"].removeprefix("photos/") for error in outcome.errors)
        assert len(outcome.stderr.splitlines()) == sum(lines.values()), "nothing but errors"
        assert set(lines.values()) == {1}, "one line a file"
        done = {name.removesuffix(".png") for name in lab.outputs()}
        assert done & set(lines) == set()
        assert done | set(lines) == bad | set(GOOD)
        assert set(GOOD) <= done and len(lines) > 700
        files = lab.bytes_of_outputs()
        if first is None:
            first = files
            assert_sound(lab.out / name for name in files)
        assert files == first, f"{mode} wrote other files"
        shutil.rmtree(lab.out)


def test_what_exceeds_a_limit_names_the_flag_that_would_allow_it(bad_folder):
    lab, _ = bad_folder
    outcome = lab.resize("--scale", "50%", status=1)
    too_large = [error for error in outcome.errors if "--max-" in error["detail"]]
    assert too_large and all("trust" in error["remedy"] for error in too_large)
    usual = {error["path"] for error in outcome.errors}
    shutil.rmtree(lab.out)
    outcome = lab.resize("--scale", "50%", "--max-pixels", 500, "--max-file-bytes", 5000, status=1)
    refused = {
        e["path"]
        for e in outcome.errors
        if "--max-pixels" in e["detail"] or "--max-file-bytes" in e["detail"]
    }
    assert "photos/good.jpg" in refused
    assert usual < {error["path"] for error in outcome.errors}


def test_two_folders_with_files_of_one_name_are_refused_before_anything_starts(bad_folder):
    lab, _ = bad_folder
    outcome = lab.run("resize", "photos/png", "photos/jpeg", "-o", "out", "--scale", "50%", status=2)
    assert "--name" in outcome.stderr and len(outcome.stderr.splitlines()) == 1
    assert not lab.out.exists()
