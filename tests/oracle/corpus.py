"""Real images to test against, where they are: in $LABDAY_CORPUS, else in ../shared/corpus beside the project."""

import os
import pathlib

import pytest


def corpus_files(name):
    project = pathlib.Path(__file__).resolve().parents[2]
    folder = pathlib.Path(os.environ.get("LABDAY_CORPUS") or project.parent / "shared" / "corpus") / name
    if not folder.is_dir():
        pytest.skip(f"no corpus folder '{name}': set LABDAY_CORPUS")
    return sorted(path for path in folder.iterdir() if path.suffix in (".jpg", ".png"))
