"""Ctrl-C, SIGTERM and readers that go away: labday ends soon, and every file that is there is whole."""

import os
import signal
import subprocess
import time

import pytest

from cli_lab import MODES, processes_of_session, temporaries
from pictures import assert_whole_png, photo, save

SOURCES = 150
RENDITIONS = 5 * SOURCES


@pytest.fixture
def busy(lab):
    """More work than is done before the signal comes: the test would notice, by the number of files."""
    source = save(photo(500, 400), lab.photos / "000.jpg")
    for number in range(1, SOURCES):
        os.link(source, lab.photos / f"{number:03}.jpg")
    return lab


def interrupted(lab, signal_number, *arguments, to_group=False):
    """Starts the job, waits for the first file, sends the signal, and gives back the outcome."""
    running = lab.start("resize", "photos", "-o", "out", *arguments)
    while running.poll() is None and not (lab.out.exists() and lab.outputs()):
        time.sleep(0.001)
    (os.killpg if to_group else os.kill)(running.pid, signal_number)
    stdout, stderr = running.communicate(timeout=60)
    assert processes_of_session(running.pid) == []
    return lab.outcome(running.args, running.returncode, stdout, stderr)


def check_files(lab):
    assert temporaries(lab.root) == []
    assert 0 < len(lab.outputs()) < RENDITIONS
    for name in lab.outputs():
        assert_whole_png(lab.out / name)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("grain", ["source", "rendition"])
def test_ctrl_c_ends_with_130_and_whole_files(busy, mode, grain):
    outcome = interrupted(busy, signal.SIGINT, "--mode", mode, "--grain", grain, "-j", "4", to_group=True)
    assert outcome.status == 130, outcome
    check_files(busy)


@pytest.mark.parametrize("mode", MODES)
def test_sigterm_ends_with_143_and_whole_files(busy, mode):
    outcome = interrupted(busy, signal.SIGTERM, "--mode", mode)
    assert outcome.status == 143, outcome
    check_files(busy)


def test_an_interrupted_job_says_how_to_do_the_rest_and_that_works(lab):
    for number in range(60):
        save(lab.busy_photo(300, 200, seed=number % 3), lab.photos / f"{number:02}.jpg")
    outcome = interrupted(lab, signal.SIGINT)
    assert outcome.status == 130, outcome
    assert "--on-exists skip" in outcome.stdout + outcome.stderr
    before = lab.bytes_of_outputs()
    assert 0 < len(before) < 300
    lab.resize("--on-exists", "skip")
    after = lab.bytes_of_outputs()
    assert len(after) == 300 and before.items() <= after.items()


def test_an_interrupted_job_still_writes_its_json(busy):
    outcome = interrupted(busy, signal.SIGINT, "--json", "job.json")
    assert outcome.status == 130, outcome
    assert (busy.root / "job.json").stat().st_size > 0


def test_one_large_rendition_is_interrupted_in_its_middle(lab):
    save(photo(60, 40), lab.photos / "a-first.png")
    save(lab.busy_photo(1500, 1000), lab.photos / "b-large.png")
    running = lab.start(
        "resize",
        "photos",
        "-o",
        "out",
        "--scale",
        "800%",
        "--mode",
        "blocking",
        "--png",
        "small",
        "--no-space-check",
    )
    while running.poll() is None and not (lab.out.exists() and lab.outputs()):
        time.sleep(0.001)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == 130
    assert lab.outputs() == ["a-first-800.png"]


def test_an_ignored_sigint_stays_ignored(lab):
    """As for a job that a shell started in the background with nohup: its Ctrl-C is not meant for it."""
    for number in range(30):
        save(photo(300, 200), lab.photos / f"{number}.jpg")
    running = lab.start(
        "resize",
        "photos",
        "-o",
        "out",
        "--scale",
        "100%",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    while running.poll() is None and not (lab.out.exists() and lab.outputs()):
        time.sleep(0.001)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == 0
    assert len(lab.outputs()) == 30


@pytest.mark.parametrize("mode", MODES)
def test_a_reader_of_the_messages_that_goes_away_does_not_stop_the_work(lab, mode):
    """As in `labday resize … 2>&1 | head -1`."""
    for number in range(20):
        (lab.photos / f"bad{number:02}.jpg").write_text("no picture")
        save(photo(60, 40), lab.photos / f"good{number:02}.jpg")
    reading, writing = os.pipe()
    os.close(reading)
    lab.resize("--scale", "50%", "--mode", mode, status=1, stdout=writing, stderr=subprocess.STDOUT)
    os.close(writing)
    assert len(lab.outputs()) == 20


def finished(lab):
    names = lab.outputs() if lab.out.exists() else []
    return [name for name in names if not os.path.basename(name).startswith(".labday-tmp-")]


def started(lab, *arguments):
    """A job that has put its first file in place."""
    running = lab.start("resize", "photos", "-o", "out", "--scale", "100%", *arguments)
    while running.poll() is None and not finished(lab):
        time.sleep(0.001)
    return running


def workers_of(running):
    try:
        with open(f"/proc/{running.pid}/task/{running.pid}/children") as children:
            return [int(child) for child in children.read().split()]
    except OSError:
        return []


@pytest.mark.parametrize("mode", ["multiprocessing", "multiprocessing-pool", "multiprocessing-joblib"])
def test_workers_that_do_not_stop_are_ended_and_leave_nothing(busy, mode):
    """They are stopped (SIGSTOP): by themselves they would never end."""
    running = started(busy, "--mode", mode, "-j", "3")
    stopped = 0
    while running.poll() is None and stopped == 0:
        for worker in workers_of(running):
            try:
                os.kill(worker, signal.SIGSTOP)
                stopped += 1
            except ProcessLookupError:
                pass
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == 130
    assert processes_of_session(running.pid) == []
    assert temporaries(busy.root) == []
    assert 0 < len(busy.outputs()) < SOURCES
    for name in busy.outputs():
        assert_whole_png(busy.out / name)


@pytest.mark.parametrize("mode", MODES)
def test_a_second_signal_ends_at_once_with_whole_files(busy, mode):
    """The process is stopped meanwhile, so that it gets both together."""
    running = started(busy, "--resume", "--mode", mode, "-j", "2")
    for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGCONT):
        running.send_signal(number)
    running.communicate(timeout=60)
    assert running.returncode in (130, 143)
    while processes_of_session(running.pid):
        time.sleep(0.001)
    for name in finished(busy):
        assert_whole_png(busy.out / name)
    busy.resize("--scale", "100%", "--resume", "--quiet")  # also sees to it that no temporary is left
    assert len(busy.outputs()) == SOURCES


@pytest.mark.parametrize("mode", MODES)
def test_an_interrupted_job_is_resumed(busy, mode):
    running = started(busy, "--resume", "--mode", mode)
    running.send_signal(signal.SIGTERM)
    stdout, stderr = running.communicate(timeout=60)
    outcome = busy.outcome(running.args, running.returncode, stdout, stderr)
    assert outcome.status == 143 and "--resume" in outcome.stdout, outcome
    made = len(busy.outputs())
    assert 0 < made < SOURCES and temporaries(busy.root) == []
    again = busy.resize("--scale", "100%", "--resume").stdout
    assert f"{made} there already, as they should be" in again
