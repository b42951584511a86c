"""What a user reads: summary, errors, JSON, progress, help and usage, and where each of them goes."""

import base64
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios

import pytest

from pictures import photo, save

SCALE = ("--scale", "50%")


def test_a_good_run_prints_a_summary_on_stdout_and_nothing_on_stderr(photos):
    outcome = photos.resize(*SCALE)
    assert re.search(r"\b3 renditions\b", outcome.stdout)
    assert outcome.stderr == ""


def test_quiet_says_nothing_when_all_is_well(photos):
    outcome = photos.resize(*SCALE, "--quiet")
    assert outcome.stdout == "" and outcome.stderr == ""
    assert len(photos.outputs()) == 3


def test_json_on_stdout_is_alone_there(photos):
    outcome = photos.resize(*SCALE, "--json", "-")
    record = json.loads(outcome.stdout)
    assert record["schema"] == "labday.resize/1"
    assert re.search(r"\b3 renditions\b", outcome.stderr)


def test_json_in_a_file_leaves_the_summary_on_stdout(photos):
    outcome = photos.resize(*SCALE, "--json", "job.json", writes=[photos.root / "job.json"])
    assert json.loads((photos.root / "job.json").read_text())["schema"] == "labday.resize/1"
    assert re.search(r"\b3 renditions\b", outcome.stdout)


def test_json_counts_what_was_done_skipped_and_failed(photos):
    (photos.photos / "bad.jpg").write_text("no picture")
    photos.out.mkdir()
    (photos.out / "city-50.png").write_text("mine")
    outcome = photos.resize(*SCALE, "--on-exists", "skip", "--json", "-", status=1)
    counts = json.loads(outcome.stdout)["renditions"]
    assert (counts["done"], counts["skipped"], counts["failed"], counts["not_done"]) == (2, 1, 1, 0)


def test_json_has_names_that_are_no_text_both_readable_and_exact(lab):
    name = b"caf\xe9\n.jpg"
    (lab.photos / os.fsdecode(name)).write_text("no picture")
    save(photo(20, 10), lab.photos / "good.jpg")
    record = json.loads(lab.resize(*SCALE, "--json", "-", status=1).stdout)
    (error,) = record["errors"]
    assert error["path"] == "photos/caf\ufffd\n.jpg"
    assert base64.b64decode(error["path_bytes"]) == b"photos/" + name
    assert error["stage"] == "decode" and error["code"] == "unknown_format"


def test_a_json_file_that_cannot_be_written_is_an_error_before_the_start(photos):
    outcome = photos.resize(*SCALE, "--json", "missing/job.json", status=2)
    assert "missing/job.json" in outcome.stderr
    assert not photos.out.exists()


def test_json_that_could_not_be_written_whole_is_not_a_success(photos):
    outcome = photos.resize(*SCALE, "--json", "/dev/full", status=(1, 2))
    assert "/dev/full" in outcome.stderr


def test_a_summary_that_nobody_could_read_is_not_a_success(photos):
    with open("/dev/full", "w", encoding="utf-8") as full:
        photos.resize(*SCALE, stdout=full, status=1)
    assert len(photos.outputs()) == 3


def on_a_terminal(lab, *arguments, columns=100):
    """Runs it with stderr on a terminal; gives back the exit status and what the terminal was sent."""
    terminal, program = pty.openpty()
    fcntl.ioctl(program, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    running = subprocess.Popen(
        lab.command("resize", "photos", "-o", "out", *arguments),
        cwd=lab.root,
        env=lab.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=program,
    )
    os.close(program)
    sent = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # EIO: the other side is closed
            break
        if not piece:
            break
        sent += piece
    os.close(terminal)
    return running.wait(), sent.decode("utf-8")


@pytest.fixture
def many(lab):
    for number in range(30):
        save(photo(200, 150, seed=number % 4), lab.photos / f"{number:02}.jpg")
    return lab


def test_progress_appears_on_a_terminal(many):
    status, sent = on_a_terminal(many)
    assert status == 0
    assert "%" in sent and "150" in sent and "\r" in sent


def test_progress_fits_a_narrow_terminal(many):
    _, sent = on_a_terminal(many, columns=30)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", sent)
    assert "%" in shown
    assert max(len(line) for line in re.split(r"[\r\n]+", shown)) <= 30


def test_progress_is_wiped_away_at_the_end(many):
    _, sent = on_a_terminal(many)
    left = re.split(r"\r|\x1b\[2?K", sent)[-1]
    assert "%" not in left


def test_errors_stay_readable_on_a_terminal_with_progress(many):
    (many.photos / "zz-bad.jpg").write_text("no picture")
    status, sent = on_a_terminal(many)
    assert status == 1
    (line,) = [
        line
        for line in re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "\r", sent))
        if "zz-bad" in line
    ]
    assert line.startswith("photos/zz-bad.jpg: decode: ")


@pytest.mark.parametrize("arguments", [("--progress", "off"), ("--quiet",)], ids=" ".join)
def test_progress_can_be_switched_off(many, arguments):
    assert on_a_terminal(many, *arguments) == (0, "")


def test_progress_stays_away_from_pipes_and_can_be_forced_on_them(many):
    assert many.resize().stderr == ""
    forced = many.resize("--on-exists", "replace", "--progress", "on")
    assert "%" in forced.stderr
    assert "\r" not in forced.stdout and "\x1b" not in forced.stdout


def test_without_arguments_the_usage_is_shown(lab):
    outcome = lab.run(status=2)
    assert "resize" in outcome.stdout + outcome.stderr and "bench" in outcome.stdout + outcome.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("frobnicate",),
        ("resize",),
        ("resize", "photos"),
        ("resize", "-o", "out"),
        ("resize", "photos", "-o"),
        ("resize", "photos", "-o", "out", "--frobnicate"),
        ("resize", "photos", "-o", "out", "--png", "tiny"),
        ("resize", "photos", "-o", "out", "--filter", "magic"),
        ("resize", "photos", "-o", "out", "--orient", "up"),
        ("resize", "photos", "-o", "out", "--on-exists", "maybe"),
        ("resize", "photos", "-o", "out", "--grain", "fine"),
        ("resize", "photos", "-o", "out", "--progress", "maybe"),
        ("resize", "photos", "-o", ""),
        ("resize", "", "-o", "out"),
        ("modes", "photos"),
        ("bench", "photos", "--frobnicate"),
        ("--frobnicate",),
    ],
    ids=" ".join,
)
def test_usage_errors_are_said_on_stderr_with_status_2(photos, arguments):
    outcome = photos.run(*arguments, status=2)
    assert outcome.stdout == ""
    assert 0 < len(outcome.stderr.splitlines()) <= 6
    assert not photos.out.exists()


@pytest.mark.parametrize(
    "flag, values",
    [
        ("--png", ["fast", "balanced", "small"]),
        ("--filter", ["nearest", "bicubic", "lanczos"]),
        ("--orient", ["exif", "none"]),
        ("--on-exists", ["error", "skip", "replace"]),
        ("--grain", ["source", "rendition", "auto"]),
        ("--progress", ["auto", "on", "off"]),
    ],
)
def test_a_wrong_choice_is_answered_with_the_right_ones(photos, flag, values):
    message = photos.resize(flag, "wrong", status=2).stderr
    assert flag in message
    for value in values:
        assert value in message


def test_version_is_one_line(lab):
    outcome = lab.run("--version")
    assert re.fullmatch(r"labday \d+\.\d+\.\d+\n", outcome.stdout)
    assert outcome.stderr == ""


def test_help_names_the_commands(lab):
    outcome = lab.run("--help")
    assert outcome.stderr == ""
    for command in ("resize", "bench", "modes", "samples"):
        assert command in outcome.stdout


@pytest.mark.parametrize(
    "command, flags",
    [
        (
            "resize",
            [
                "--scale",
                "--width",
                "--filter",
                "--png",
                "--mode",
                "--workers",
                "--grain",
                "--orient",
                "--name",
                "--json",
                "--quiet",
                "--progress",
                "--on-exists",
                "--dry-run",
                "--no-space-check",
                "--max-pixels",
                "--max-rendition-pixels",
                "--max-file-bytes",
                "--max-jpeg-scans",
                "--max-png-chunks",
                "--max-png-chunk-bytes",
            ],
        ),
        ("bench", ["--rounds", "--modes", "--scratch", "--json", "--scale", "--grain"]),
        ("modes", ["--json"]),
        ("samples", ["--count", "--size", "--seed"]),
    ],
)
def test_the_help_of_a_command_names_its_flags_and_shows_examples(lab, command, flags):
    outcome = lab.run(command, "--help")
    assert outcome.stderr == ""
    for flag in flags:
        assert re.search(re.escape(flag) + r"\b", outcome.stdout), flag
    if command in ("resize", "bench"):
        assert f"labday {command} " in outcome.stdout.lower().split("example", 1)[1]


def test_the_examples_of_the_help_are_understood(lab):
    """Each is run as it is printed, on photos under the names it uses."""
    examples = [
        line.strip()
        for line in lab.run("resize", "--help").stdout.splitlines()
        if line.strip().startswith("labday resize ")
    ]
    examples = [line for line in examples if "SOURCE" not in line]
    assert examples
    for number, example in enumerate(examples):
        folder = lab.root / f"example{number}"
        save(photo(20, 10), folder / "photos" / "a.jpg")
        (folder / "labday").symlink_to(lab.binary)
        done = subprocess.run(
            ["sh", "-c", f"PATH=.:$PATH; {example} --dry-run"],
            cwd=folder,
            env=lab.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        usage_error = done.returncode == 2 and "see labday" in done.stderr.lower()
        assert not usage_error, f"{example}\n{done.stderr}"


@pytest.mark.parametrize("name", ["0001.json", "0002.json", "report.html"])
@pytest.mark.parametrize(
    "command, option",
    [
        (("trace", "1", "--notebook", "kept"), "-o"),
        (("report", "1", "--notebook", "kept"), "-o"),
        (("predict", "kept/runs/0001.json", "--workers", "4"), "--json"),
        (("bench", "photos", "--rounds", "1", "--modes", "blocking"), "--json"),
        (("sweep", "photos", "--rounds", "1", "--modes", "blocking", "--fresh"), "--json"),
        (("resize", "photos", "-o", "out"), "--json"),
        (("resize", "photos", "-o", "out"), "--log-json"),
        (("resize", "photos", "-o", "out"), "--failed-list"),
        (("resize", "photos"), "-o"),
        (("samples", "--count", "1"), "-o"),
    ],
)
def test_no_run_of_a_notebook_is_written_over(photos, command, option, name):
    photos.run("bench", "photos", *SCALE, "--rounds", "1", "--modes", "blocking", "--notebook", "kept",
               writes=[photos.tmp, photos.root / "kept"])
    run = photos.root / "kept" / "runs" / "0001.json"
    before = run.read_bytes()
    outcome = photos.run(*command, option, f"kept/runs/{name}", status=2)
    if "no page for a report" not in outcome.stderr:
        assert outcome.error_for(f"kept/runs/{name}")["detail"].startswith("this is within the runs of a notebook")
    assert run.read_bytes() == before and os.listdir(run.parent) == ["0001.json"]


@pytest.mark.parametrize("command", [("trace", "run.json"), ("report", "run.json")])
def test_a_folder_that_is_missing_is_said_whatever_the_file_is(photos, command):
    outcome = photos.run(*command, "-o", "missing/file", status=2)
    if "no page for a report" not in outcome.stderr:
        error = outcome.error_for("missing/file")
        assert "JSON" not in error["detail"] and error["detail"].startswith("cannot write this file: ")
