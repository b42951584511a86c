"""`labday trace`: a run of bench as a trace that Perfetto and chrome://tracing load."""

import copy
import json

import pytest

from cli_lab import Lab
from pictures import photo, save
from trace_checker import problems

EVERY_MODE = ["blocking", "async", "threads", "multiprocessing", "multiprocessing:join=each", "multiprocessing-pool",
              "multiprocessing-joblib"]


@pytest.fixture(scope="module")
def recorded(binary, tmp_path_factory):
    """A lab with run.json, of every mode; tests only read it."""
    lab = Lab(binary, tmp_path_factory.mktemp("recorded"))
    for number in range(6):
        save(photo(160, 120, seed=number), lab.photos / f"{number}.png")
    lab.run("bench", "photos", "-j", "2", "--rounds", "2", "--json", "run.json",
            writes=[lab.tmp, lab.root / "run.json"])
    lab.run("bench", "photos", "-j", "2", "--rounds", "1", "--grain", "rendition", "--json", "fine.json",
            writes=[lab.tmp, lab.root / "fine.json"])
    return lab


def trace(lab, *arguments, run="run.json", **options):
    return json.loads(lab.run("trace", run, "-o", "-", *arguments, **options).stdout)


def processes(of):
    return {event["pid"]: event["args"]["name"] for event in of["traceEvents"] if event["name"] == "process_name"}


@pytest.mark.parametrize("run", ["run.json", "fine.json"])
def test_every_mode_gives_a_trace_that_keeps_to_the_format(recorded, run):
    of = trace(recorded, run=run)
    assert problems(of) == []
    assert {name.split(", round")[0] for name in processes(of).values()} == set(EVERY_MODE)


def test_the_trace_has_every_task_of_the_run_at_its_time(recorded):
    run = json.loads((recorded.root / "run.json").read_text(encoding="utf-8"))
    columns = run["record_columns"]["task_rows"]
    wanted = {}
    for mode, figures in run["modes"].items():
        for figure in figures["rounds"]:
            rows = [dict(zip(columns, row)) for row in figure["record"]["task_rows"]]
            wanted[f"{mode}, round {figure['round']}"] = sorted(
                (row["source"], row["started_us"], row["ended_us"] - row["started_us"]) for row in rows
            )
    of = trace(recorded)
    found = {name: [] for name in processes(of).values()}
    for event in of["traceEvents"]:
        if event.get("cat") == "task":
            found[processes(of)[event["pid"]]].append((event["args"]["source"], event["ts"], event["dur"]))
    assert {name: sorted(tasks) for name, tasks in found.items()} == wanted


def test_stages_lie_inside_their_tasks(recorded):
    of = trace(recorded)
    tasks = [event for event in of["traceEvents"] if event.get("cat") == "task"]
    stages = [event for event in of["traceEvents"] if event.get("cat") == "stage"]
    assert {stage["name"] for stage in stages} == {"read", "decode", "resize", "encode", "write"}
    for stage in stages:
        assert any(
            (task["pid"], task["tid"]) == (stage["pid"], stage["tid"])
            and task["ts"] <= stage["ts"]
            and stage["ts"] + stage["dur"] <= task["ts"] + task["dur"]
            for task in tasks
        ), stage


def test_modes_and_rounds_can_be_chosen(recorded):
    of = trace(recorded, "--modes", "threads,multiprocessing:join=each", "--rounds", "2")
    assert list(processes(of).values()) == ["threads, round 2", "multiprocessing:join=each, round 2"]
    assert len(processes(trace(recorded, "--rounds", "1,2"))) == 2 * len(EVERY_MODE)


def test_a_file_is_written_and_named(recorded):
    outcome = recorded.run("trace", "run.json", "-o", "trace.json", writes=[recorded.root / "trace.json"])
    assert outcome.stdout.startswith("trace.json: ") and "Perfetto" in outcome.stdout
    assert problems(json.loads((recorded.root / "trace.json").read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "arguments, word",
    [
        (("run.json", "-o", "-", "--modes", "no-such-mode"), "no-such-mode"),
        (("run.json", "-o", "-", "--modes", "threads:workers=3"), "threads:workers=3"),
        (("run.json", "-o", "-", "--rounds", "3"), "round 3"),
        (("run.json", "-o", "-", "--rounds", "0"), "rounds"),
        (("run.json",), "output"),
        (("missing.json", "-o", "-"), "missing.json"),
        (("photos/0.png", "-o", "-"), "photos/0.png"),
        (("run.json", "-o", "run.json"), "would be lost"),
        (("run.json", "-o", "no/such/folder.json"), "no/such/folder.json"),
        (("7", "-o", "-"), "labday-notebook"),
    ],
)
def test_what_cannot_be_is_refused_and_said(recorded, arguments, word):
    outcome = recorded.run("trace", *arguments, status=2)
    assert word in outcome.stderr, outcome
    assert outcome.stdout == ""


def test_a_run_without_records_has_no_trace(recorded):
    recorded.run("bench", "photos", "--modes", "blocking", "--rounds", "1", "--no-records", "--json", "bare.json",
                 writes=[recorded.tmp, recorded.root / "bare.json"])
    assert "--no-records" in recorded.run("trace", "bare.json", "-o", "-", status=2).stderr


def test_a_run_of_the_notebook_is_taken_by_its_number(recorded):
    folder = recorded.root / "kept"
    recorded.run("bench", "photos", "--modes", "threads", "--rounds", "1", "--notebook", "kept",
                 writes=[recorded.tmp, folder])
    of = trace(recorded, "--notebook", "kept", run="1")
    assert list(processes(of).values()) == ["blocking, round 1", "threads, round 1"] and problems(of) == []
    assert "run 2" in recorded.run("trace", "2", "-o", "-", "--notebook", "kept", status=2).stderr


class TestTheChecker:
    """It finds what it is for."""

    good = {
        "traceEvents": [
            {"ph": "M", "name": "process_name", "pid": 1, "tid": 0, "args": {"name": "threads, round 1"}},
            {"ph": "M", "name": "thread_name", "pid": 1, "tid": 1, "args": {"name": "worker 1"}},
            {"ph": "X", "name": "task", "pid": 1, "tid": 1, "ts": 0, "dur": 10},
            {"ph": "X", "name": "read", "pid": 1, "tid": 1, "ts": 0, "dur": 4},
            {"ph": "X", "name": "task", "pid": 1, "tid": 1, "ts": 10, "dur": 5},
        ]
    }

    def test_a_good_trace_passes(self):
        assert problems(self.good) == []

    @pytest.mark.parametrize(
        "index, change",
        [
            (0, {"args": {}}),
            (1, {"name": "thread_nme"}),
            (2, {"dur": 11}),
            (3, {"ts": 7}),
            (3, {"ts": -1}),
            (3, {"dur": None}),
            (4, {"ts": 9}),
            (4, {"tid": 2}),
            (4, {"pid": "1"}),
            (4, {"ph": "Q"}),
        ],
    )
    def test_a_bad_one_does_not(self, index, change):
        bad = copy.deepcopy(self.good)
        bad["traceEvents"][index] |= change
        assert problems(bad) != []
