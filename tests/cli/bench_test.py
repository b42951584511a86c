"""`labday bench`: the proof, the notebook's lines, the JSON, and a scratch folder that is left as it was."""

import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import time

import pytest

from cli_lab import MODES, mount_prefix, processes_of_session, strace_prefix, temporaries
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


def test_the_order_of_the_rounds_is_recorded_and_follows_from_the_seed(photos):
    def order(seed):
        arguments = ("--scale", "50%", "--rounds", "4", "--modes", "blocking,threads", "--seed", seed)
        outcome = bench(photos, *arguments, "--json", "-")
        assert f"seed {seed}" in outcome.stderr
        return json.loads(outcome.stdout)["order"]

    turns = order(5)
    assert turns == order(5)
    assert turns != order(6)
    for block in range(1, 5):
        here = [turn for turn in turns if turn["block"] == block]
        assert [turn["position"] for turn in here] == [1, 2, 3]
        assert sorted((turn["mode"], turn["control"]) for turn in here) == [
            ("blocking", False),
            ("blocking", True),
            ("threads", False),
        ]


def test_a_baseline_that_is_not_among_the_modes_is_timed_too(photos):
    run = json.loads(bench(photos, *QUICK, "--modes", "threads", "--json", "-").stdout)
    assert list(run["results"]) == ["blocking", "threads"]
    modes = ("--modes", "blocking", "--baseline", "threads:workers=1")
    run = json.loads(bench(photos, *QUICK, *modes, "--json", "-").stdout)
    assert list(run["results"]) == ["threads:workers=1", "blocking"]
    assert run["baseline"] == "threads:workers=1"
    assert run["modes"]["threads:workers=1"]["verdict"] == "baseline"


def test_the_noise_floor_and_the_places_are_printed_and_recorded(photos):
    outcome = bench(photos, *QUICK, "--modes", "blocking,threads", "--json", "-")
    assert re.search(
        r"^Noise floor: (the baseline against itself differs by up to \d+\.\d %|too few rounds to know)", outcome.stderr, re.M
    )
    run = json.loads(outcome.stdout)
    assert run["noise_floor"]["share"] > 0
    assert len(run["control_rounds"]) == 2
    placed = [mode for place in run["ranking"] for mode in place["modes"]]
    assert sorted(placed) == ["blocking", "threads"]


def test_the_environment_is_recorded_and_what_is_missing_is_null(photos):
    run = json.loads(bench(photos, *QUICK, "--modes", "blocking", "--json", "-").stdout)
    environment = run["environment"]
    assert environment["kernel"].startswith("Linux ")
    assert "libpng" in environment["libraries"]
    assert environment["git"] is None, "the test's folder is in no repository"
    assert environment["before"]["uptime_seconds"] < environment["after"]["uptime_seconds"]


def test_rounds_auto_ends_by_precision_or_by_time(photos):
    arguments = ("--scale", "50%", "--modes", "blocking,threads", "--rounds", "auto", "--json", "-")
    run = json.loads(bench(photos, *arguments, "--precision", "99%").stdout)
    assert run["complete"] is True
    assert run["ended"] == "precision"
    assert len(run["results"]["blocking"]) >= 10
    run = json.loads(bench(photos, *arguments, "--precision", "0.001%", "--max-time", "1s").stdout)
    assert run["complete"] is True
    assert run["ended"] == "time"


def wait_for_rounds(lab, running, path, wanted):
    """Reads the JSON again and again while labday writes it: it has to be whole each time."""
    seen = 0
    while running.poll() is None and seen < wanted:
        if path.exists():
            run = json.loads(path.read_text(encoding="utf-8"))
            assert run["complete"] is False
            seen = max(seen, run["verified_rounds"])
    assert seen >= wanted
    return seen


@pytest.mark.parametrize(
    "signal_number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_what_was_measured_is_kept_when_the_experiment_is_ended(photos, signal_number, status):
    path = photos.root / "run.json"
    running = photos.start(
        "bench",
        "photos",
        "--scale",
        "50%",
        "--rounds",
        "10000",
        "--modes",
        "blocking,threads",
        "--json",
        "run.json",
    )
    seen = wait_for_rounds(photos, running, path, 6)
    running.send_signal(signal_number)
    running.communicate(timeout=60)
    assert running.returncode == status
    run = json.loads(path.read_text(encoding="utf-8"))
    assert run["complete"] is False
    assert run["cancelled"] is (signal_number != signal.SIGKILL)
    assert sum(map(len, run["results"].values())) >= seen
    assert len(run["order"]) >= seen


def test_the_json_file_keeps_its_mode_and_its_name_and_what_leads_to_it(photos):
    target = photos.root / "real.json"
    target.write_text("{}")
    target.chmod(0o640)
    link = photos.root / "run.json"
    link.symlink_to("real.json")
    bench(photos, *QUICK, "--modes", "blocking", "--json", "run.json", writes=[photos.tmp, target, link])
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert json.loads(target.read_text())["complete"] is True


def test_a_json_file_is_synced_before_it_gets_its_name_and_what_a_kill_left_is_swept(photos):
    log = photos.root / "strace.txt"
    asked = ["bench", "photos", *QUICK, "--modes", "blocking", "--json", "run.json"]
    traced = ["-o", log, "-e", "trace=fsync,renameat", "-e", "inject=renameat:signal=SIGKILL:when=2"]
    killed = subprocess.run(
        [*strace_prefix(*traced), *photos.command(*asked)],
        cwd=photos.root,
        env=photos.environment(),
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    calls = [line[: line.index("(")] for line in log.read_text().splitlines() if line[0] in "fr"]
    assert calls == ["fsync", "renameat"] * 2
    assert len(json.loads((photos.root / "run.json").read_text())["order"]) >= 1, "the round before is whole"
    left = temporaries(photos.root)
    assert len(left) == 1
    shutil.rmtree(photos.tmp)
    photos.tmp.mkdir()
    bench(photos, *QUICK, "--modes", "blocking", "--json", "run.json",
          writes=[photos.tmp, photos.root / "run.json", *left])  # fmt: skip
    assert temporaries(photos.root) == []


def test_a_json_file_with_two_names_stays_one_file(photos):
    first, second = photos.root / "a.json", photos.root / "b.json"
    first.write_text("{}")
    os.link(first, second)
    bench(photos, *QUICK, "--modes", "blocking", "--json", "a.json", writes=[photos.tmp, first, second])
    assert first.samefile(second)
    assert json.loads(second.read_text())["complete"] is True


def test_a_new_json_file_follows_the_umask(photos):
    path = photos.root / "run.json"
    bench(
        photos,
        *QUICK,
        "--modes",
        "blocking",
        "--json",
        "run.json",
        writes=[photos.tmp, path],
        preexec_fn=lambda: os.umask(0o027),
    )
    assert path.stat().st_mode & 0o777 == 0o640


def test_json_for_a_pipe_comes_once_at_the_end(photos):
    reading, writing = os.pipe()
    running = photos.start(
        "bench", "photos", *QUICK, "--modes", "blocking", "--json", f"/dev/fd/{writing}", pass_fds=[writing]
    )
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        assert json.load(pipe)["complete"] is True
    running.communicate(timeout=60)
    assert running.returncode == 0


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
        ("--rounds", "automatic"),
        ("--precision", "1%"),
        ("--rounds", "auto", "--precision", "0%"),
        ("--rounds", "auto", "--precision", "-1%"),
        ("--rounds", "auto", "--precision", "1%%"),
        ("--max-time", "0"),
        ("--max-time", "10d"),
        ("--max-time", "nan"),
        ("--max-time", "m"),
        ("--seed", "-1"),
        ("--seed", "4294967296"),
        ("--baseline", "unheard-of"),
        ("--baseline", ""),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_refused(photos, arguments):
    assert photos.run("bench", "photos", *arguments, status=2).stderr != ""


def test_rounds_that_are_no_number_are_refused_in_words(photos):
    told = photos.run("bench", "photos", "--rounds", "x", status=2).stderr
    assert "'x' is no whole number from 1 to 100000, nor auto" in told and "OR" not in told


def test_the_help_of_a_sweep_does_not_speak_of_rounds_that_it_refuses(lab):
    assert "--rounds auto" in lab.run("bench", "--help").stdout
    assert "auto" not in lab.run("sweep", "--help").stdout.split("--max-time")[1].split("--seed")[0]


def test_one_thread_has_no_more_cpu_time_than_wall_time(photos):
    run = json.loads(bench(photos, *QUICK, "--modes", "blocking", "--json", "-").stdout)
    mode = run["modes"]["blocking"]
    assert 0 < mode["parallelism"] <= 1.02 and mode["workers"] == 1


def test_what_a_killed_bench_left_is_swept_by_the_next_one(photos):
    left = photos.tmp / "labday-bench-killed"
    left.mkdir(mode=0o700)
    (left / "a.png").write_text("half")
    bench(photos, *QUICK, "--modes", "blocking")
    assert os.listdir(photos.tmp) == []


def test_bench_of_nothing_is_refused(lab):
    assert lab.run("bench", "photos", status=2).stderr != ""
    assert lab.run("bench", status=2).stderr != ""
