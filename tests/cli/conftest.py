"""Fixtures of the tests of the command line: the program under test, and a folder to run it in."""

import itertools
import os
import shutil
import tempfile
import zlib
from pathlib import Path

import pytest

from cli_lab import Lab, nobody_prefix
from pictures import photo, save


def pytest_collection_modifyitems(config, items):
    """Under a sanitizer a test of many cases takes some of them. Files and messages are the same from every build, and
    tests/modes has the program's own parts in every mode under sanitizers, so what is left to see is code that only
    the command line reaches. The distances have no divisor in common with the number of modes: a test takes several of
    them, and another test others."""
    if not os.environ.get("LABDAY_SANITIZE"):
        return
    kept, left_out = [], []
    for _, cases in itertools.groupby(items, lambda item: (item.path, item.originalname)):
        cases = list(cases)
        distance = 5 if len(cases) > 20 else 3 if len(cases) > 3 else 1
        first = zlib.crc32(cases[0].originalname.encode()) % distance
        chosen = cases[first::distance]
        kept += chosen
        left_out += [case for case in cases if case not in chosen]
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def binary():
    named = os.environ.get("LABDAY_BINARY")
    if not named or not os.access(named, os.X_OK):
        pytest.exit(f"LABDAY_BINARY must name the labday to test; it is {named!r}", returncode=4)
    return Path(named).resolve()


@pytest.fixture
def lab(binary, tmp_path):
    """An empty lab."""
    return Lab(binary, tmp_path)


@pytest.fixture
def photos(lab):
    """A lab with three small photos, one of them in a folder further down."""
    for seed, name in enumerate(["beach.jpg", "city.png", "trip/peak.jpg"]):
        save(photo(60 + seed, 40, seed=seed), lab.photos / name)
    return lab


@pytest.fixture
def public_lab(binary):
    """A lab whose labday runs as a user to whom permissions apply, in a folder that this user can reach."""
    prefix = nobody_prefix()
    root = Path(tempfile.mkdtemp(prefix="labday-cli-"))
    try:
        root.chmod(0o755)
        own = root / "bin" / "labday"
        own.parent.mkdir()
        shutil.copy(binary, own)
        (root / "lab").mkdir()
        yield Lab(own, root / "lab", prefix)
    finally:
        shutil.rmtree(root)


@pytest.fixture(scope="session")
def corpus():
    """A folder of the corpus of real images, by name; skips where the corpus is missing."""
    project = Path(__file__).resolve().parents[2]
    root = Path(os.environ.get("LABDAY_CORPUS") or project.parent / "shared" / "corpus")

    def folder(name):
        if not (root / name).is_dir():
            pytest.skip(f"no corpus folder '{name}': set LABDAY_CORPUS")
        return root / name

    return folder
