"""`labday bench`: the proof, the notebook's lines, the JSON, and a scratch folder that is left as it was."""

import json
import os
import re
import signal
import statistics
import time

import pytest

from cli_lab import MODES, mount_prefix, processes_of_session
from pictures import photo, save

NOTEBOOK_LINE = re.compile(r"Running in (\S+) mode took (\d+\.\d\d) seconds \(~(\d+\.\d\d) minutes\)")
QUICK = ("--scale", "50%,120%", "--rounds", "2")


def bench(lab, *arguments, **options):
    """Runs it with $TMPDIR as scratch, which has to be empty afterwards."""
    outcome = lab.run("bench", "photos", *arguments, **({"writes": [lab.tmp]} | options))
    assert os.listdir(lab.tmp) == []
    assert not lab.out.exists()
    return outcome


def notebook_lines(text):
    return [found for found in map(NOTEBOOK_LINE.fullmatch, text.splitlines()) if found]


def test_it_prints_the_proof_then_the_notebooks_lines_then_the_table(photos):
    lines = bench(photos, *QUICK, "--modes", "blocking,threads").stdout.splitlines()
    proof = next(number for number, line in enumerate(lines) if "agree" in line)
    assert re.search(r"\b6 files\b", lines[proof])
    notebook = [number for number, line in enumerate(lines) if NOTEBOOK_LINE.fullmatch(line)]
    assert len(notebook) == 2 and proof < notebook[0]
    assert [NOTEBOOK_LINE.fullmatch(lines[number])[1] for number in notebook] == ["blocking", "threads"]
    table = "\n".join(lines[notebook[-1] + 1 :])
    for word in ("mean", "median", "95", "ratio", "parallelism", "memory", "source", "cores", "workers"):
        assert word in table.lower() or word in lines[proof], word


def test_the_json_has_the_notebooks_keys_and_they_fit_together(photos):
    bench(
        photos,
        *QUICK,
        "--modes",
        "blocking,threads",
        "--json",
        "run.json",
        writes=[photos.tmp, photos.root / "run.json"],
    )
    run = json.loads((photos.root / "run.json").read_text(encoding="utf-8"))
    assert run["schema"] == "labday.bench/1"
    assert list(run["results"]) == list(run["summary"]) == ["blocking", "threads"]
    for mode, seconds in run["results"].items():
        assert len(seconds) == 2 and all(s > 0 for s in seconds)
        assert run["summary"][mode] == pytest.approx(statistics.mean(seconds))
    assert isinstance(run["findings"], list)
    for finding in run["findings"]:
        assert finding.keys() >= {"mode", "name", "seconds", "evidence", "remedy"}


def test_json_on_stdout_is_alone_there_and_the_text_goes_to_stderr(photos):
    outcome = bench(photos, *QUICK, "--modes", "blocking,threads", "--json", "-")
    run = json.loads(outcome.stdout)
    printed = {line[1]: float(line[2]) for line in notebook_lines(outcome.stderr)}
    assert printed == {mode: pytest.approx(seconds, abs=0.0051) for mode, seconds in run["summary"].items()}


def test_a_mode_is_called_what_it_was_called_on_the_command_line(photos):
    modes = ["threads:workers=2", "blocking", "threads", "threads:workers=1"]
    outcome = bench(photos, *QUICK, "--modes", ",".join(modes), "--json", "-")
    assert [line[1] for line in notebook_lines(outcome.stderr)] == modes
    assert list(json.loads(outcome.stdout)["results"]) == modes


def test_by_default_every_mode_has_ten_rounds(photos):
    run = json.loads(bench(photos, "--scale", "50%", "--json", "-").stdout)
    assert {"blocking", "threads"} <= run["results"].keys()
    assert all(len(seconds) == 10 for seconds in run["results"].values())


def test_a_bad_source_does_not_stop_it_and_is_named_once(photos):
    (photos.photos / "bad.jpg").write_text("no picture")
    outcome = bench(photos, *QUICK, "--modes", "blocking,threads", status=1)
    assert outcome.error_for("photos/bad.jpg")
    assert len(notebook_lines(outcome.stdout)) == 2


def test_where_nothing_can_be_made_there_are_no_times(lab):
    (lab.photos / "bad.jpg").write_text("no picture")
    outcome = bench(lab, *QUICK, status=1)
    assert notebook_lines(outcome.stdout) == []


def test_the_scratch_folder_that_is_named_is_used_and_left_as_it_was(photos):
    scratch = photos.root / "scratch"
    scratch.mkdir()
    (scratch / "mine.txt").write_text("mine")
    running = photos.start("bench", "photos", "--scratch", "scratch", "--modes", "blocking", "--rounds", "3")
    seen = set()
    while running.poll() is None:
        seen |= set(os.listdir(scratch))
    running.communicate()
    assert running.returncode == 0
    assert len(seen) == 2, f"nothing was written there: {seen}"
    assert os.listdir(scratch) == ["mine.txt"]


def test_a_scratch_folder_that_is_missing_is_said_so(photos):
    outcome = photos.run("bench", "photos", *QUICK, "--scratch", "missing", status=2)
    assert "missing" in outcome.stderr


def test_too_little_scratch_space_is_found_before_the_start(photos):
    save(photo(300, 200), photos.photos / "larger.jpg")
    scratch = photos.root / "scratch"
    scratch.mkdir()
    small = mount_prefix(scratch, 'mount -t tmpfs -o size=64k labday "$OUT"')
    outcome = photos.run("bench", "photos", "--rounds", "1", "--scratch", "scratch", status=2, prefix=small)
    assert "space" in outcome.stderr


@pytest.mark.parametrize("signal_number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("mode", MODES)
def test_interrupted_it_leaves_no_process_and_an_empty_scratch_folder(lab, signal_number, status, mode):
    source = save(photo(400, 300), lab.photos / "00.jpg")
    for number in range(1, 40):
        os.link(source, lab.photos / f"{number:02}.jpg")
    running = lab.start("bench", "photos", "--rounds", "20", "--modes", mode)
    while running.poll() is None and not any(files for _, _, files in os.walk(lab.tmp)):
        time.sleep(0.001)
    (os.killpg if signal_number == signal.SIGINT else os.kill)(running.pid, signal_number)
    stdout, stderr = running.communicate(timeout=60)
    outcome = lab.outcome(running.args, running.returncode, stdout, stderr)
    assert outcome.status == status, outcome
    assert processes_of_session(running.pid) == []
    assert os.listdir(lab.tmp) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("--rounds", "0"),
        ("--rounds", "-1"),
        ("--rounds", "x"),
        ("--modes", ""),
        ("--modes", "blocking,blocking"),
        ("--modes", ","),
        ("--scale", "0"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_refused(photos, arguments):
    assert photos.run("bench", "photos", *arguments, status=2).stderr != ""


def test_bench_of_nothing_is_refused(lab):
    assert lab.run("bench", "photos", status=2).stderr != ""
    assert lab.run("bench", status=2).stderr != ""
