"""What a disk, a kernel or somebody else may do to a job while it runs: each time the message says which file, why
and what helps, nothing that has its final name is cut, the other renditions are made, and the same command again
completes the job.

A system call that fails is made to fail by strace. In a worker's sandbox that is not possible: strace puts no call in
the place of the one that is to fail, and the sandbox ends who makes no call that it knows. So what workers call is made
to fail without it; disks and limits are met in it. The calls that `async` makes through io_uring are no system calls:
tests/modes/journal_fault_test.cc makes those fail. Disks that fill up and limits of the system are real ones.
"""

import os
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from cli_lab import MODES, mount_prefix, strace_prefix
from pictures import photo, save

SIZES = ["--width", "30,50"]
PROCESS_MODES = ["multiprocessing", "multiprocessing:start=spawn", "multiprocessing-pool", "multiprocessing-joblib"]
CALLS_SEEN = [mode for mode in MODES if mode != "async"]  # by strace


@pytest.fixture
def whole(lab):
    """A lab with a job of ten renditions, and the files of an undisturbed run in plain/."""
    for number, name in enumerate(["a.jpg", "b.png", "c.jpg", "deep/d.jpg", "deep/er/e.png"]):
        save(photo(40, 30, seed=number), lab.photos / name)
    return with_plain(lab)


@pytest.fixture
def long(lab):
    """The same with 200 renditions, so that something can happen in the middle."""
    source = save(lab.busy_photo(300, 200), lab.photos / "0.jpg")
    for number in range(1, 40):
        os.link(source, lab.photos / f"{number}.jpg")
    return with_plain(lab, [])


def with_plain(lab, sizes=SIZES):
    lab.run("resize", "photos", "-o", "plain", *sizes, writes=[lab.root / "plain"])
    return lab


def plain_bytes(lab):
    return lab.bytes_of_outputs(lab.root / "plain")


def check_partly_done(lab, outcome, said, remedy, out=None):
    """Some failed and are named, with reason and remedy; what is there is whole."""
    plain = plain_bytes(lab)
    made = lab.bytes_of_outputs(out)
    assert made.items() <= plain.items(), "a file is not whole"
    assert outcome.errors, outcome
    for error in outcome.errors:
        assert said in error["detail"] and remedy in error["remedy"], outcome
    named = {error["path"] for error in outcome.errors}
    for name in plain.keys() - made.keys():
        assert f"out/{name}" in named or any(".labday" in path for path in named), f"{name} is not named\n{outcome}"


def check_completes(lab, *arguments):
    lab.run(*arguments, "--quiet")  # also sees to it that no temporary is left
    assert lab.bytes_of_outputs() == plain_bytes(lab)


FAILING_CALLS = [
    # the call, its error, what is said, what is advised, and what the job needs for it
    ("pwrite64", "ENOSPC", "No space left on device", "Free some space", []),
    ("pwrite64", "EDQUOT", "Disk quota exceeded", "Free some space", []),
    ("pwrite64", "EIO", "Input/output error", "Check the disk", []),
    ("pwrite64", "EROFS", "Read-only file system", "permissions", []),
    ("renameat2", "EIO", "Input/output error", "Check the disk", []),
    ("renameat2", "EROFS", "Read-only file system", "permissions", []),
    ("renameat2", "ENOSPC", "No space left on device", "Free some space", []),
    ("fsync", "EIO", "Input/output error", "Check the disk", ["--durable"]),
    ("fsync", "ENOSPC", "No space left on device", "Free some space", ["--durable"]),
]


@pytest.mark.parametrize("when", ["2+3", "3+"])
@pytest.mark.parametrize("call, error, said, remedy, needs", FAILING_CALLS)
@pytest.mark.parametrize("mode", CALLS_SEEN)
def test_a_call_that_fails_now_and_then_or_from_some_time_on(whole, mode, call, error, said, remedy, needs, when):
    # A worker writes and syncs; its parent renames.
    sandbox = "off" if mode in PROCESS_MODES and call != "renameat2" else "auto"
    asked = ["resize", "photos", "-o", "out", *SIZES, "--resume", "--mode", mode, "-j", "2", "--sandbox", sandbox, *needs]
    tracing = strace_prefix("-f", "-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}")
    outcome = whole.run(*asked, status=(0, 1), prefix=tracing)
    if mode in PROCESS_MODES and outcome.status == 0:
        # No process made so many calls.
        assert when == "3+" and call == "renameat2", outcome
    else:
        assert outcome.status == 1, outcome
        check_partly_done(whole, outcome, said, remedy)
    check_completes(whole, *asked)


@pytest.mark.parametrize("mode", MODES)
def test_a_disk_that_is_full_in_the_middle_is_freed_and_the_job_resumed(long, mode):
    """Two runs of one command on one disk, which is made larger in between."""
    kept = long.root / "kept"
    first = long.root / "first"
    for folder in (kept, first, long.out):
        folder.mkdir()
    disk = mount_prefix(long.out, 'mount -t tmpfs -o size=1m labday "$OUT"', kept)
    again = (
        f'"$@"; [ $? = 1 ] || exit 97; cp -R out/. {first}; mount -o remount,size=64m labday out; exec "$@"'
    )
    outcome = long.run("resize", "photos", "-o", "out", "--resume", "--no-space-check", "--mode", mode,
                       prefix=[*disk, "sh", "-c", again, "sh"], writes=[kept, first])  # fmt: skip
    check_partly_done(long, outcome, "No space left on device", "--resume", first)
    assert 0 < len(long.outputs(first)) < 200
    assert long.bytes_of_outputs(kept) == plain_bytes(long)


def test_a_folder_that_is_read_only_is_said_before_anything_starts(whole):
    whole.out.mkdir()
    read_only = mount_prefix(whole.out, 'mount -t tmpfs labday "$OUT" && mount -o remount,ro "$OUT"')
    outcome = whole.resize(*SIZES, status=2, prefix=read_only)
    assert "out" in outcome.errors[0]["path"] and "Read-only file system" in outcome.errors[0]["detail"]


@pytest.mark.parametrize("mode", MODES)
def test_a_part_of_the_output_that_is_read_only_fails_its_own_renditions(whole, mode):
    (whole.out / "deep").mkdir(parents=True)
    read_only = mount_prefix(whole.out / "deep", 'mount -t tmpfs -o ro labday "$OUT"')
    asked = ["resize", "photos", "-o", "out", *SIZES, "--resume", "--mode", mode]
    outcome = whole.run(*asked, status=1, prefix=read_only)
    check_partly_done(whole, outcome, "Read-only file system", "permissions")
    assert len(outcome.errors) == 4 and len(whole.outputs()) == 6
    check_completes(whole, *asked)


@pytest.mark.parametrize("mode", MODES)
def test_whatever_number_of_files_may_be_open(whole, mode):
    """From too few to start to enough for all."""
    if whole.sanitized:
        pytest.skip("a sanitizer opens files of its own, and takes it for an error if it cannot")
    asked = ["resize", "photos", "-o", "out", *SIZES, "--resume", "--mode", mode, "-j", "2"]
    statuses = []
    for limit in range(4, 64):
        shutil.rmtree(whole.out, ignore_errors=True)
        outcome = whole.run(
            *asked,
            status=(0, 1, 2, 127),
            preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)),
        )
        if outcome.status == 127:
            continue  # the loader did not come so far
        statuses.append(outcome.status)
        if outcome.status == 0:
            break
        assert outcome.errors, outcome
        for error in outcome.errors:
            if "worker process" not in error["detail"]:  # a spawned one, which the loader gave up
                assert "Too many open files" in error["detail"] and "ulimit -n" in error["remedy"], outcome
        made = whole.bytes_of_outputs() if whole.out.exists() else {}
        assert made.items() <= plain_bytes(whole).items()
        check_completes(whole, *asked)
    assert statuses[-1] == 0 and len(statuses) > 1, statuses


@pytest.mark.parametrize("mode", MODES)
def test_whatever_address_space_there_is(lab, mode):
    """From too little to start to enough for all. A source that needs some 50 MB is among small ones."""
    if lab.sanitized:
        pytest.skip("a sanitizer needs more address space than any of these limits")
    save(photo(40, 30), lab.photos / "a.png")
    large = save(photo(40, 30).resize((4400, 3600)), lab.photos / "large.jpg")
    save(photo(40, 30, seed=2), lab.photos / "z.png")
    with_plain(lab)
    asked = ["resize", "photos", "-o", "out", *SIZES, "--resume", "--mode", mode, "-j", "2"]
    statuses = []
    for megabytes in [*range(12, 132, 8), *range(132, 700, 80)]:
        shutil.rmtree(lab.out, ignore_errors=True)
        limit = megabytes << 20
        done = subprocess.run(
            lab.command(*asked),
            cwd=lab.root,
            env=lab.environment(),
            capture_output=True,
            check=False,
            timeout=120,
            preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        )
        if done.returncode == 127:
            continue  # the loader did not come so far
        outcome = lab.outcome(done.args, done.returncode, done.stdout, done.stderr)
        assert outcome.status in (0, 1, 2), outcome
        statuses.append(outcome.status)
        made = lab.bytes_of_outputs() if lab.out.exists() else {}
        assert made.items() <= plain_bytes(lab).items()
        if outcome.status == 0:
            break
        assert outcome.errors, outcome
        check_completes(lab, *asked)
    assert statuses[-1] == 0 and len(statuses) > 1, statuses
    assert large.exists()


def memory_cgroup(limit):
    """A memory cgroup of our own with this limit, in bytes; skips where none can be made."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if "memory" in controllers.split(","):
            parent, knob = Path("/sys/fs/cgroup/memory" + path), "memory.limit_in_bytes"
        elif not controllers:
            parent, knob = Path("/sys/fs/cgroup" + path), "memory.max"
        else:
            continue
        folder = parent / f"labday-test-{os.getpid()}"
        try:
            folder.mkdir()
        except OSError:
            continue
        try:
            (folder / knob).write_text(str(limit))
            return folder
        except OSError:
            folder.rmdir()
    pytest.skip("no memory cgroup can be made here; a worker that is killed stands in for it in large_jobs_test.py")


@pytest.mark.parametrize("grain", ["source", "rendition"])
@pytest.mark.parametrize("mode", PROCESS_MODES)
def test_a_worker_that_the_kernel_kills_for_its_memory_costs_its_own_source(lab, mode, grain):
    """Ninety megabytes for all; one source takes two hundred when it is decoded."""
    if lab.sanitized:
        pytest.skip("a sanitizer's own memory takes as much, in the parent too")
    for number in range(6):
        save(photo(40, 30, seed=number), lab.photos / f"{number}.png")
    lab.run("resize", "photos", "-o", "plain", *SIZES, writes=[lab.root / "plain"])
    huge = save(photo(4, 4).resize((9000, 7500)), lab.photos / "huge.jpg")
    lab.run("resize", huge, "-o", "plain", *SIZES, writes=[lab.root / "plain"])
    asked = ["resize", "photos", "-o", "out", *SIZES, "--resume", "--mode", mode, "-j", "2", "--grain", grain]
    cgroup = memory_cgroup(90 << 20)
    try:
        outcome = lab.run(
            *asked, status=1, preexec_fn=lambda: (cgroup / "cgroup.procs").write_text(str(os.getpid()))
        )
    finally:
        for _ in range(200):
            try:
                cgroup.rmdir()
                break
            except OSError:
                time.sleep(0.05)
    error = outcome.error_for("photos/huge.jpg")
    assert "signal 9" in error["detail"] or "memory" in error["detail"], outcome
    assert lab.outputs() == [name for name in lab.outputs(lab.root / "plain") if not name.startswith("huge")]
    check_completes(lab, *asked, "--retry-failed")


def in_the_middle(lab, mode, happening):
    """Runs the long job, and lets something happen once it has begun to write."""
    running = lab.start("resize", "photos", "-o", "out", "--resume", "--mode", mode, "-j", "2")
    while running.poll() is None and not (lab.out.exists() and len(lab.outputs()) >= 5):
        time.sleep(0.001)
    running.send_signal(signal.SIGSTOP)  # workers go on; what they owe is soon done
    happening()
    running.send_signal(signal.SIGCONT)
    stdout, stderr = running.communicate(timeout=120)
    return lab.outcome(running.args, running.returncode, stdout, stderr)


@pytest.mark.parametrize("mode", MODES)
def test_sources_that_vanish_in_the_middle_fail_and_come_back(long, mode):
    away = long.root / "away"
    outcome = in_the_middle(long, mode, lambda: long.photos.rename(away))
    assert outcome.status == 1, outcome
    assert all(error["stage"] == "read" for error in outcome.errors)
    assert all("No such file" in error["detail"] for error in outcome.errors)
    assert long.bytes_of_outputs().items() <= plain_bytes(long).items()
    away.rename(long.photos)
    check_completes(long, "resize", "photos", "-o", "out", "--resume", "--mode", mode)


@pytest.mark.parametrize("mode", MODES)
def test_a_source_that_is_cut_in_the_middle_fails_and_is_made_once_it_is_whole(long, mode):
    source = long.photos / "0.jpg"  # all are links to it
    content = source.read_bytes()
    outcome = in_the_middle(long, mode, lambda: os.truncate(source, len(content) // 2))
    assert outcome.status == 1, outcome
    assert all(error["stage"] in ("read", "decode") for error in outcome.errors)
    assert long.bytes_of_outputs().items() <= plain_bytes(long).items()
    source.write_bytes(content)
    check_completes(long, "resize", "photos", "-o", "out", "--resume", "--mode", mode)


@pytest.mark.parametrize("mode", MODES)
def test_a_source_that_becomes_another_picture_in_the_middle_is_made_from_that_by_the_next_run(long, mode):
    source = long.photos / "0.jpg"
    other = save(long.busy_photo(300, 200, seed=77), long.root / "other.jpg").read_bytes()
    source.chmod(0o644)
    in_the_middle(long, mode, lambda: source.write_bytes(other))  # may fail where it is read meanwhile
    shutil.rmtree(long.root / "plain")
    with_plain(long, [])
    check_completes(long, "resize", "photos", "-o", "out", "--resume", "--mode", mode)
