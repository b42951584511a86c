"""SIGKILL at every system call that matters, in every mode: what has its final name is whole, and --resume ends with
the files of an undisturbed run and no temporary.

strace kills the process that is about to make its Nth call of a kind. Calls through io_uring are no system calls;
tests/modes/journal_fault_test.cc kills there, at the seam where calls are made.
"""

import collections
import os
import re
import shutil
import signal
import subprocess
import time

import pytest

from cli_lab import JOURNALS, processes_of_session, strace_prefix
from pictures import photo, save

CALLS = ["openat", "mkdirat", "flock", "statx", "read", "pread64", "write", "pwrite64", "ftruncate", "fsync", "close"]
CALLS += ["renameat2", "unlinkat"]
SIZES = ["--width", "30,50"]
MODES = {
    "blocking": 1,  # and at which of the calls of a kind: each
    "threads": 1,
    "async": 2,
    "async:io=threads": 2,
    "multiprocessing": 2,
    "multiprocessing-pool": 2,
    "multiprocessing-joblib": 2,
}


@pytest.fixture
def whole(lab):
    """A lab with a small job, and the files of an undisturbed run in plain/."""
    for number, name in enumerate(["a.jpg", "b.png", "deep/c.jpg"]):
        save(photo(40, 30, seed=number), lab.photos / name)
    lab.run("resize", "photos", "-o", "plain", *SIZES, writes=[lab.root / "plain"])
    return lab


def traced(lab, options, arguments):
    command = [*strace_prefix("-f", "-o", lab.root / "strace.txt", *options), *lab.command(*arguments)]
    running = subprocess.Popen(
        command,
        cwd=lab.root,
        env=lab.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    status = running.wait(timeout=120)
    while processes_of_session(running.pid):
        time.sleep(0.002)
    return status


def most_calls(lab, arguments):
    """How many calls of each kind a process or thread makes, at most; without those of the loader."""
    traced(lab, ["-e", "trace=" + ",".join(CALLS)], arguments)
    counts = collections.Counter()
    for line in (lab.root / "strace.txt").read_text(errors="replace").splitlines():
        if found := re.match(r"(\d+) +(\w+)\(", line):
            counts[found[1], found[2]] += 1
    most = collections.Counter()
    for (_, call), count in counts.items():
        most[call] = max(most[call], count)
    return most


def check_and_finish(lab, arguments, plain):
    for name, content in (lab.bytes_of_outputs() if lab.out.exists() else {}).items():
        if not os.path.basename(name).startswith(".labday-tmp-"):
            assert content == plain[name], f"{name} is not whole"
    lab.run(*arguments, "--retry-failed", "--quiet")  # also sees to it that no temporary is left
    assert lab.bytes_of_outputs() == plain


@pytest.mark.parametrize("durable", [[], ["--durable"]])
@pytest.mark.parametrize("mode", MODES)
def test_killed_at_any_call_nothing_is_lost_and_the_rest_is_done(whole, mode, durable):
    arguments = ["resize", "photos", "-o", "out", *SIZES, "--resume", "--mode", mode, "-j", "2", *durable]
    plain = whole.bytes_of_outputs(whole.root / "plain")
    calls = most_calls(whole, arguments)
    if mode != "async":
        assert calls["renameat2"] >= 1 and calls["pwrite64"] >= 2, calls
    assert (calls["fsync"] > 0) == bool(durable), calls
    killed = 0
    step = MODES[mode] * (4 if whole.sanitized else 1)  # what is in the files does not depend on the build
    for call, count in calls.items():
        # The loader's calls come first and are of no interest.
        first = 20 if call in ("openat", "read", "close") else 1
        for number in range(min(first, count), count + 1, step):
            shutil.rmtree(whole.out, ignore_errors=True)
            status = traced(whole, ["-e", f"inject={call}:signal=SIGKILL:when={number}"], arguments)
            killed += status != 0
            check_and_finish(whole, arguments, plain)
    assert killed >= (1 if mode == "async" else 4 if whole.sanitized else 15)


def test_killed_while_it_resumes_and_resumed_again(whole):
    """One kill after the other, each a little later, in the same output folder."""
    arguments = ["resize", "photos", "-o", "out", *SIZES, "--resume", "--mode", "blocking"]
    plain = whole.bytes_of_outputs(whole.root / "plain")
    kills = 0
    for number in range(1, 40):
        status = traced(whole, ["-e", f"inject=pwrite64:signal=SIGKILL:when={1 + number % 3}"], arguments)
        kills += status == -signal.SIGKILL
        for name, content in whole.bytes_of_outputs().items():
            if not os.path.basename(name).startswith(".labday-tmp-"):
                assert content == plain[name]
        if status == 0:
            break
    assert kills >= 2
    check_and_finish(whole, arguments, plain)
    assert len(list((whole.out / JOURNALS).iterdir())) == 1
