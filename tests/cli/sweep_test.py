"""`labday sweep`: the grid, the crossovers, a sweep that was killed and goes on, and a scratch folder left as it was."""

import json
import os
import re
import signal
import time

import pytest

from cli_lab import mount_prefix, processes_of_session
from pictures import photo, save

GRID = ("--sources", "0.5x,2x", "--size", "0.5x,1x", "--workers", "1,2", "--modes", "blocking,threads")
QUICK = (*GRID, "--scale", "50%", "--rounds", "2")
# Of each of 4 jobs: blocking and its control once, threads with two counts of workers.
ROUNDS_A_BLOCK = 4 * 4


@pytest.fixture
def four(lab):
    for number in range(4):
        save(photo(60 + number, 40, seed=number), lab.photos / ("trip" if number == 3 else "") / f"{number}.jpg")
    return lab


def sweep(lab, *arguments, writes=(), **options):
    """Runs it with $TMPDIR as scratch, which has to be empty afterwards."""
    outcome = lab.run("sweep", "photos", *arguments, writes=[lab.tmp, *writes], **options)
    assert os.listdir(lab.tmp) == []
    assert not lab.out.exists()
    return outcome


def wait_for_turns(running, path, wanted):
    """Reads the JSON again and again while labday writes it: it has to be whole each time."""
    seen = 0
    while running.poll() is None and seen < wanted:
        if path.exists() and path.stat().st_size:
            seen = max(seen, len(json.loads(path.read_text(encoding="utf-8"))["turns"]))
        time.sleep(0.001)
    assert running.poll() is None and seen >= wanted, "it ended too soon"
    return seen


def test_it_tells_the_time_before_and_then_prints_proof_points_changes_and_laws(four):
    text = sweep(four, *QUICK, "--seed", "3").stdout
    estimate = re.search(r"^2 modes at 8 points of .*: (\d+) rounds to play, in about .+\.$", text, re.M)
    assert int(estimate[1]) == 2 * ROUNDS_A_BLOCK
    assert "told from the warm-ups" in text
    parts = ["All 2 modes agree on the files of 4 jobs", "ratio to blocking", "change", "Amdahl", "seed 3"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places) and places[0] > estimate.start()


def test_the_json_has_every_point_with_seconds_a_source_and_ratios_that_fit_together(four):
    document = json.loads(sweep(four, *QUICK, "--json", "-").stdout)
    assert document["schema"] == "labday.sweep/1" and document["complete"] is True
    wanted = {(n, s, w) for n in (2, 8) for s in (0.5, 1) for w in (1, 2)}
    assert {(p["sources"], p["size_factor"], p["workers"]) for p in document["points"]} == wanted
    for point in document["points"]:
        assert point["modes"].keys() == {"blocking", "threads"}
        for mode in point["modes"].values():
            assert mode["rounds"] == 2
            assert mode["seconds_a_source"] == pytest.approx(mode["mean_seconds"] / point["sources"])
            low, high = mode["seconds_a_source_interval"]
            assert low <= mode["seconds_a_source"] <= high
        assert point["modes"]["blocking"]["ratio"] == 1
    assert len(document["turns"]) == 2 * ROUNDS_A_BLOCK
    for job in document["jobs"]:
        assert job["files"]["count"] == job["sources"], "one rendition each"
    assert len({job["files"]["xxh3_128"] for job in document["jobs"]}) == 4


def test_the_rounds_of_the_whole_grid_are_interleaved_and_follow_from_the_seed(four):
    def turns(seed):
        document = json.loads(sweep(four, *QUICK, "--seed", seed, "--json", "-").stdout)
        return [(turn["block"], turn["entry"]) for turn in document["turns"]]

    first = turns(4)
    assert first == turns(4) != turns(5)
    for block in (1, 2):
        assert sorted(entry for b, entry in first if b == block) == list(range(ROUNDS_A_BLOCK))


def test_by_default_the_workers_are_the_powers_of_two_up_to_the_cores(four):
    modes = ("--modes", "blocking,threads", "--scale", "50%", "--rounds", "1")
    document = json.loads(sweep(four, *modes, "--json", "-").stdout)
    cores = document["environment"]["cores"]
    counts = document["plan"]["workers"]
    assert counts[0] == 1 and counts[-1] == cores
    assert all(b == min(2 * a, cores) for a, b in zip(counts, counts[1:]))


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_ended_in_the_middle_it_goes_on_where_it_was(four, signal_number):
    path = four.root / "sweep.json"
    command = ("sweep", "photos", *GRID, "--scale", "50%", "--rounds", "40", "--json", "sweep.json")
    running = four.start(*command)
    seen = wait_for_turns(running, path, ROUNDS_A_BLOCK + 3)
    running.send_signal(signal_number)
    stdout, stderr = running.communicate(timeout=60)
    outcome = four.outcome(running.args, running.returncode, stdout, stderr)
    killed = signal_number == signal.SIGKILL
    assert outcome.status == (-signal.SIGKILL if killed else 128 + signal_number)
    before = json.loads(path.read_text(encoding="utf-8"))
    assert before["complete"] is False and len(before["turns"]) >= seen
    if not killed:
        assert os.listdir(four.tmp) == []
        assert "same command goes on" in outcome.stderr

    rounds = before["turns"][-1]["block"] + 1
    # Only the number of rounds may differ; with 40 of them this would take long.
    again = [str(rounds) if part == "40" else part for part in command]
    outcome = four.run(*again, writes=[four.tmp, path])
    assert os.listdir(four.tmp) == [], "what the killed one left is gone, too"
    played = len(before["turns"])
    assert f"Going on with the sweep in sweep.json: {played} of {rounds * ROUNDS_A_BLOCK} rounds" in outcome.stdout
    assert f"{rounds * ROUNDS_A_BLOCK - played} rounds to play" in outcome.stdout
    after = json.loads(path.read_text(encoding="utf-8"))
    assert after["complete"] is True and after["sessions"] == 2
    assert after["turns"][:played] == before["turns"]
    assert len(after["turns"]) == rounds * ROUNDS_A_BLOCK
    assert after["plan"]["seed"] == before["plan"]["seed"], "though none was given"


def test_a_finished_sweep_is_shown_again_and_not_played_again(four):
    path = four.root / "sweep.json"
    first = sweep(four, *QUICK, "--json", "sweep.json", writes=[path])
    before = path.read_text(encoding="utf-8")
    again = sweep(four, *QUICK, "--json", "sweep.json", writes=[path])
    assert "nothing is left to play" in again.stdout
    assert path.read_text(encoding="utf-8") == before
    assert again.stdout.endswith(first.stdout[first.stdout.index("All 2 modes agree") :])
    fresh = sweep(four, *QUICK, "--json", "sweep.json", "--fresh", writes=[path])
    assert "rounds to play" in fresh.stdout


def test_an_interrupted_sweep_with_more_rounds_than_are_wanted_now_is_complete_and_keeps_them(four):
    path = four.root / "sweep.json"
    sweep(four, *GRID, "--scale", "50%", "--rounds", "3", "--json", "sweep.json", writes=[path])
    whole = json.loads(path.read_text(encoding="utf-8"))
    cut = {**whole, "complete": False, "ended": "cancelled", "turns": whole["turns"][:-3]}  # Ctrl-C in block 3
    path.write_text(json.dumps(cut), encoding="utf-8")
    for again in (1, 2):
        rounds = sweep(four, *GRID, "--scale", "50%", "--rounds", "1", "--json", "sweep.json", writes=[path])
        assert rounds.status == 0 and rounds.stderr == "", again
        assert f"holds all {3 * ROUNDS_A_BLOCK - 3} rounds of this sweep: nothing is left to play" in rounds.stdout
        assert "Interrupted" not in rounds.stdout
        after = json.loads(path.read_text(encoding="utf-8"))
        assert after["complete"] is True and after["turns"] == cut["turns"]
        assert after["plan"]["rounds"] == 2, "whole ones"
    finished = sweep(four, *GRID, "--scale", "50%", "--rounds", "3", "--json", "sweep.json", writes=[path])
    assert f"{3 * ROUNDS_A_BLOCK - 3} of {3 * ROUNDS_A_BLOCK} rounds were played before" in finished.stdout


@pytest.mark.parametrize(
    "change",
    [
        ("--size", "1x"),
        ("--workers", "1,3"),
        ("--modes", "blocking,async"),
        ("--scale", "60%"),
        ("--seed", "99"),
        "source",
    ],
    ids=str,
)
def test_another_sweep_is_refused_and_kept_unless_it_is_to_be_fresh(four, change):
    path = four.root / "sweep.json"
    arguments = [*QUICK, "--seed", "1", "--json", "sweep.json"]
    sweep(four, *arguments, writes=[path])
    before = path.read_text(encoding="utf-8")
    if change == "source":
        save(photo(61, 40, seed=77), four.photos / "1.jpg")
        named = "sources"
    else:
        arguments[arguments.index(change[0]) + 1] = change[1]
        named = {"--scale": "renditions"}.get(change[0], change[0])
    outcome = sweep(four, *arguments, writes=[path], status=2)
    assert named in outcome.error_for("sweep.json")["detail"]
    assert "--fresh" in outcome.stderr
    assert path.read_text(encoding="utf-8") == before
    sweep(four, *arguments, "--fresh", writes=[path])
    assert path.read_text(encoding="utf-8") != before


@pytest.mark.parametrize("content", ["{}", "{no json", '{"schema": "labday.bench/1"}'])
def test_a_file_that_holds_no_sweep_is_refused_and_kept(four, content):
    path = four.root / "other.json"
    path.write_text(content)
    outcome = sweep(four, *QUICK, "--json", "other.json", status=2, writes=[path])
    assert "--fresh" in outcome.error_for("other.json")["detail"]
    assert path.read_text() == content


def test_two_at_once_do_not_share_a_file(four):
    path = four.root / "sweep.json"
    running = four.start("sweep", "photos", *GRID, "--rounds", "500", "--json", "sweep.json")
    wait_for_turns(running, path, 1)
    second = four.start("sweep", "photos", *GRID, "--rounds", "500", "--json", "sweep.json")
    _, stderr = second.communicate(timeout=60)
    assert second.returncode == 2
    assert b"another labday is at work on this sweep" in stderr
    assert running.poll() is None
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == 130


@pytest.mark.parametrize("signal_number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_while_it_resamples_it_leaves_nothing(lab, signal_number, status):
    source = save(photo(1500, 1000), lab.photos / "00.jpg")
    for number in range(1, 40):
        os.link(source, lab.photos / f"{number:02}.jpg")
    running = lab.start("sweep", "photos", "--size", "0.9x", "--modes", "blocking")
    while running.poll() is None and not any(files for _, _, files in os.walk(lab.tmp)):
        time.sleep(0.001)
    os.killpg(running.pid, signal_number)
    running.communicate(timeout=60)
    assert running.returncode == status
    assert processes_of_session(running.pid) == []
    assert os.listdir(lab.tmp) == []


def test_the_sources_are_only_read_and_too_little_scratch_space_is_found_before_the_start(four):
    scratch = four.root / "scratch"
    scratch.mkdir()
    small = mount_prefix(scratch, 'mount -t tmpfs -o size=64k labday "$OUT"')
    outcome = four.run("sweep", "photos", *QUICK, "--scratch", "scratch", status=2, prefix=small)
    found = re.search(r"about (\S+ \S+) of scratch space are needed, (\S+ \S+) are free", outcome.stderr)
    assert found, outcome
    assert "rounds to play" not in outcome.stdout


def test_a_bad_source_fails_at_every_point_and_the_rest_is_timed(four):
    for name in ("bad.jpg", "trip/cut.png"):
        (four.photos / name).write_text("no picture")
    axes = ("--size", "0.5x,1x", "--sources", "1x,2x", "--workers", "1")
    outcome = sweep(four, *axes, "--modes", "blocking", "--rounds", "1", "--json", "-", status=1)
    errors = re.findall(r"^(\S+): decode: ", outcome.stderr, re.M)
    assert errors == ["photos/bad.jpg", "photos/trip/cut.png"], "each once, as it was named"
    document = json.loads(outcome.stdout)
    assert {error["path"] for job in document["jobs"] for error in job["errors"]} == set(errors)
    assert len(document["turns"]) == 2 * 4


@pytest.mark.parametrize(
    "arguments, named",
    [
        (("--sources", "10"), "'10' in --sources is no factor: write 0.5x, 1x or 10x"),
        (("--sources", "0x"), "'0x' in --sources"),
        (("--sources", "-1x"), "'-1x' in --sources"),
        (("--sources", "1x,,2x"), "'' in --sources"),
        (("--sources", "1x,1.0x"), "1 is in --sources twice"),
        (("--sources", "0.1x,0.2x"), "--sources 0.1x and 0.2x of 4 are both 1"),
        (("--sources", "1000000x"), "more than 1000000 sources"),
        (("--sources", "nanx"), "'nanx' in --sources"),
        (("--size", "big"), "'big' in --size is no factor"),
        (("--size", "1e3x"), "'1e3x' in --size"),
        (("--size", ""), "--size"),
        (("--workers", "0"), "'0' in --workers is no number from 1 to"),
        (("--workers", "1,2,x"), "'x' in --workers"),
        (("--workers", "2,2"), "2 is in --workers twice"),
        (("--rounds", "auto"), "--rounds"),
        (("--modes", "unheard-of"), "unheard-of"),
        (("--precision", "2%"), "--precision"),
        (("--scale", "50%,50%"), "two renditions would be written"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_makes_no_sense_is_refused_and_named(four, arguments, named):
    assert named in four.run("sweep", "photos", *arguments, status=2).stderr


def test_a_size_at_which_a_source_is_over_its_limit_is_refused(four):
    outcome = sweep(four, "--size", "10x", "--max-pixels", "10000", "--modes", "blocking", status=(1, 2))
    assert "--max-pixels" in outcome.stderr and "--size 10x" in outcome.stderr
