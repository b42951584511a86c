"""--sandbox and --memory-limit: the same files, and what is said where there is no sandbox."""

import json
import re
import zlib

import pytest

from cli_lab import MODES, strace_prefix
from pictures import photo, save

SIZES = ["--width", "30,50"]
PROCESS_MODES = [mode for mode in MODES if mode.startswith("multiprocessing")]
OTHER_MODES = [mode for mode in MODES if mode not in PROCESS_MODES]


@pytest.fixture
def confined(photos):
    """A lab where worker processes can be put in a sandbox."""
    outcome = photos.run("resize", "photos", "-o", "out", *SIZES, "--mode", "multiprocessing")
    if "not in a sandbox" in outcome.stdout:
        pytest.skip("this kernel has no sandbox: " + outcome.stdout)
    photos.run("resize", "photos", "-o", "plain", *SIZES, "--mode", "blocking", writes=[photos.root / "plain"])
    for path in sorted(photos.out.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    return photos


def without_seccomp():
    """labday as on a kernel that refuses every seccomp filter."""
    return strace_prefix("-f", "-o", "/dev/null", "-e", "trace=seccomp", "-e", "inject=seccomp:error=EINVAL")


@pytest.mark.parametrize("mode", PROCESS_MODES)
def test_the_files_are_those_of_any_other_run(confined, mode):
    outcome = confined.resize(*SIZES, "--mode", mode, "--sandbox", "require", "--json", "-")
    assert json.loads(outcome.stdout)["note"].startswith("each in a sandbox by seccomp")
    assert confined.bytes_of_outputs() == confined.bytes_of_outputs(confined.root / "plain")


@pytest.mark.parametrize("mode", PROCESS_MODES)
def test_a_worker_asks_the_kernel_for_no_path_once_it_has_a_source(confined, mode):
    """Of the calls of every process, as strace sees them: after a process has been given its filter it makes none
    that names a file, a socket, or a program."""
    traces = confined.root / "traces"
    traces.mkdir()
    calls = "%file,%network,%process,seccomp"
    # A file a process: in one for all, a call that another one interrupts is torn into two lines.
    confined.resize(*SIZES, "--mode", mode, "-j", "2", "--sandbox", "require", writes=[traces],
                    prefix=strace_prefix("-ff", "-o", traces / "of", "-e", f"trace={calls}"))  # fmt: skip
    inside = []
    for trace in traces.iterdir():
        made = trace.read_text(errors="replace").splitlines()
        filters = [place for place, call in enumerate(made) if re.search("SECCOMP_SET_MODE_FILTER.* = 0", call)]
        if filters:
            inside.append(made[filters[0] + 1 :])
    assert len(inside) >= 2, "the child that tries it, and a worker"
    # `???`: the process was gone before strace could look which call it was at.
    allowed = re.compile(r"(recvmsg|sendmsg|exit_group|exit)\(|\+\+\+|---|\?\?\?\(")
    assert [call for made in inside for call in made if not allowed.match(call)] == []
    assert any(call.startswith("recvmsg(") for made in inside for call in made), "a worker got descriptors"


@pytest.mark.parametrize("mode", OTHER_MODES)
def test_modes_of_one_process_refuse_it_and_say_what_to_take(photos, mode):
    outcome = photos.resize(*SIZES, "--mode", mode, "--sandbox", "require", status=2)
    assert "multiprocessing-pool" in outcome.stderr and "--sandbox require" in outcome.stderr
    assert not photos.out.exists()
    photos.resize(*SIZES, "--mode", mode, "--sandbox", "auto")


def test_auto_as_the_mode_takes_one_that_has_a_sandbox_where_it_is_required(confined):
    outcome = confined.resize(*SIZES, "--sandbox", "require")
    assert "in multiprocessing-pool mode" in outcome.stdout


@pytest.mark.parametrize("mode", PROCESS_MODES)
def test_a_kernel_that_refuses_is_said_once_and_nothing_is_started_where_it_is_required(photos, mode):
    outcome = photos.resize(*SIZES, "--mode", mode, prefix=without_seccomp())
    assert outcome.stdout.count("not in a sandbox") == 1 and "seccomp" in outcome.stdout
    made = photos.bytes_of_outputs()
    assert len(made) == 6
    outcome = photos.resize(*SIZES, "--mode", mode, "--sandbox", "require", "--on-exists", "replace", status=2,
                            prefix=without_seccomp())  # fmt: skip
    assert "no sandbox can be had here" in outcome.stderr and "seccomp" in outcome.stderr
    assert photos.bytes_of_outputs() == made


def test_off_is_off(photos):
    outcome = photos.resize(*SIZES, "--mode", "multiprocessing-pool", "--sandbox", "off")
    assert "sandbox" not in outcome.stdout


def test_bench_compares_modes_with_and_without_but_requires_nothing(photos):
    photos.run("bench", "photos", "--modes", "blocking", "--sandbox", "require", status=2)
    outcome = photos.run("bench", "photos", *SIZES, "--modes", "blocking,multiprocessing-pool", "--rounds", "1",
                         "--sandbox", "off", writes=[photos.tmp])  # fmt: skip
    assert "sandbox" not in outcome.stdout


def test_modes_say_which_have_one(photos):
    modes = json.loads(photos.run("modes", "--json", "-").stdout)["modes"]
    assert {mode["name"] for mode in modes if mode["sandbox"]} == {
        "multiprocessing",
        "multiprocessing-pool",
        "multiprocessing-joblib",
    }
    assert photos.run("modes").stdout.count("in a sandbox") == 3


@pytest.mark.parametrize("mode", PROCESS_MODES)
def test_resume_knows_what_workers_in_a_sandbox_made(photos, mode):
    again = [*SIZES, "--mode", mode, "--resume", "--durable"]
    photos.resize(*again)
    outcome = photos.resize(*again, "--verify", "--json", "-")
    assert json.loads(outcome.stdout)["resumed"]["up_to_date"] == 6
    whole = photos.bytes_of_outputs()
    (photos.out / "beach-30.png").write_bytes(b"damaged")
    photos.resize(*again, "--verify")
    assert photos.bytes_of_outputs() == whole


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("grain", ["source", "rendition"])
def test_with_a_memory_limit_all_is_done_even_what_is_larger(photos, mode, grain):
    for number in range(6):
        save(photo(300 + number, 200, seed=number), photos.photos / f"{number}.jpg")
    photos.run("resize", "photos", "-o", "plain", *SIZES, "--mode", "blocking", writes=[photos.root / "plain"])
    for limit in ("1", "10M"):
        photos.resize(*SIZES, "--mode", mode, "-j", "3", "--grain", grain, "--memory-limit", limit, "--on-exists",
                      "replace")  # fmt: skip
        assert photos.bytes_of_outputs() == photos.bytes_of_outputs(photos.root / "plain")


def test_a_task_that_waits_for_memory_is_not_out_of_time(photos):
    """All wait for one another, which takes longer together than any of them may."""
    for number in range(40):
        save(photo(400, 300, seed=number), photos.photos / f"{number}.jpg")
    photos.resize("--width", "800", "--mode", "multiprocessing-pool", "-j", "4", "--memory-limit", "1",
                  "--task-timeout", "30")  # fmt: skip
    assert len(photos.outputs()) == 43


@pytest.mark.parametrize("size", ["0", "-1", "1.5G", "2X", "", "G", "99999999999G"])
def test_a_memory_limit_that_is_no_size_is_refused(photos, size):
    outcome = photos.resize("--memory-limit", size, status=2)
    assert "--memory-limit" in outcome.stderr


def test_a_header_that_claims_everything_is_refused_in_the_sandbox_in_little_memory(confined):
    """65500x65500 in a few bytes, by a worker that has not even the memory for it."""
    head = b"\x89PNG\r\n\x1a\n" + bytes.fromhex("0000000d49484452") + (65500).to_bytes(4, "big") * 2
    body = head[12:] + bytes([8, 2, 0, 0, 0])
    data = head[:12] + body + zlib.crc32(body).to_bytes(4, "big") + bytes.fromhex("0000000049454e44ae426082")
    (confined.photos / "bomb.png").write_bytes(data)
    outcome = confined.resize(*SIZES, "--mode", "multiprocessing-pool", "--sandbox", "require", status=1)
    assert "--max-pixels" in outcome.error_for("photos/bomb.png")["detail"]
    assert confined.bytes_of_outputs() == confined.bytes_of_outputs(confined.root / "plain")
