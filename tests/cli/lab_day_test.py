"""`examples/lab-day.sh`: the whole day, with tiny photographs and few rounds."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from cli_lab import TIMEOUT_SECONDS, temporaries
from pictures import photo, save

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "lab-day.sh"
KINDS = ["bench"] * 5 + ["sweep"] * 2 + ["bench"]


def spend_day(lab):
    variables = {"LABDAY": str(lab.binary), "OUT": "day", "ROUNDS": "2", "SWEEP_ROUNDS": "1"}
    return subprocess.run([SCRIPT, "photos"], cwd=lab.root, env=lab.environment() | variables, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False, timeout=2 * TIMEOUT_SECONDS)


@pytest.mark.parametrize("bad", [False, True], ids=["good photos", "a bad photo among them"])
def test_the_day_has_eight_runs_and_a_page(lab, bad):
    for number in range(2):
        save(photo(24, 16, seed=number), lab.photos / f"{number}.jpg")
    if bad:
        (lab.photos / "bad.jpg").write_text("no picture")
    photos = sorted(os.listdir(lab.photos))
    done = spend_day(lab)
    assert done.returncode == 0, done.stdout + done.stderr
    day = lab.root / "day"
    runs = sorted((day / "labday-notebook" / "runs").iterdir())
    assert [run.name for run in runs] == [f"{number:04}.json" for number in range(1, 9)]
    for run, kind in zip(runs, KINDS):
        record = json.loads(run.read_text(encoding="utf-8"))
        assert record["schema"] == f"labday.{kind}/1" and record["ended"] == "rounds", run
    page = (day / "labday-notebook" / "NOTEBOOK.md").read_text(encoding="utf-8")
    assert "10x number of files" in page and "Start without joining" in page
    if "there is no page for a report" not in done.stderr:
        assert (day / "report.html").read_text(encoding="ascii").startswith("<!")
    assert ("bad.jpg" in done.stderr) == bad
    assert sorted(os.listdir(lab.photos)) == photos and temporaries(lab.root) == []


def test_a_day_is_not_spent_over_another(lab):
    (lab.root / "day" / "labday-notebook").mkdir(parents=True)
    done = spend_day(lab)
    assert done.returncode == 2 and "has a notebook already" in done.stderr
    assert os.listdir(lab.root / "day" / "labday-notebook") == []


def test_what_cannot_begin_ends_the_day(lab):
    done = spend_day(lab)
    assert done.returncode == 2 and "photos" in done.stderr, done.stderr
    assert done.stdout.count("== labday") == 1
