"""What large jobs need: manifests, lists of what failed, logs, quarantine, and a limit on the time of a task."""

import json
import os
import signal
import subprocess
import time

import pytest

from cli_lab import strace_prefix, temporaries
from pictures import photo, save

SIZES = ["--width", "30,50"]
PROCESS_MODES = ["multiprocessing", "multiprocessing-pool", "multiprocessing-joblib"]


def manifest(lab, *lines, separator="\n"):
    path = lab.root / "list.txt"
    path.write_bytes(b"".join(os.fsencode(line) + separator.encode() for line in lines))
    return ["resize", "--manifest", "list.txt", "-o", "out"]


def events_of(lab, name="log.jsonl"):
    return [json.loads(line) for line in (lab.root / name).read_text().splitlines()]


@pytest.fixture
def mixed(photos):
    """Three good sources and three bad ones."""
    (photos.photos / "empty.jpg").write_bytes(b"")
    (photos.photos / "no picture.png").write_text("text")
    (photos.photos / "trip" / "cut.jpg").write_bytes((photos.photos / "beach.jpg").read_bytes()[:300])
    return photos


def test_a_manifest_makes_what_its_sources_make(photos):
    photos.run("resize", "photos", "-o", "plain", *SIZES, writes=[photos.root / "plain"])
    asked = manifest(photos, "beach.jpg", "city.png", "trip/peak.jpg")
    photos.run(*asked, "--manifest-root", "photos", *SIZES)
    assert photos.bytes_of_outputs() == photos.bytes_of_outputs(photos.root / "plain")


@pytest.mark.parametrize("separator", ["\n", "\0", "\r\n"])
def test_a_manifest_from_a_pipe(photos, separator):
    text = separator.join(["photos/beach.jpg", "photos/city.png"])
    photos.run("resize", "--manifest", "-", "-o", "out", *SIZES, input=text.encode(), stdin=None)
    assert photos.outputs() == ["beach-30.png", "beach-50.png", "city-30.png", "city-50.png"]


def test_sources_with_renditions_of_their_own(photos):
    own = {"source": "photos/beach.jpg", "renditions": [{"width": 7}, {"width": 9, "filter": "box", "png": "small"}]}
    photos.run(*manifest(photos, json.dumps(own), "photos/city.png"), *SIZES)
    assert photos.outputs() == ["beach-7.png", "beach-9.png", "city-30.png", "city-50.png"]
    photos.run("resize", "photos/beach.jpg", "-o", "same", "--width", "9", "--filter", "box", "--png", "small",
               writes=[photos.root / "same"])  # fmt: skip
    assert (photos.root / "same/beach-9.png").read_bytes() == (photos.out / "beach-9.png").read_bytes()


@pytest.mark.parametrize("lines, said", [
    (["photos/beach.jpg", "{"], "item 2"),
    (["photos/beach.jpg", "photos/beach.jpg"], "item 1"),
    (["photos/beach.jpg", '{"source": "photos/city.png", "renditions": [{"scale": "a lot"}]}'], "item 2"),
])  # fmt: skip
def test_a_manifest_that_makes_no_sense_starts_nothing(photos, lines, said):
    assert said in photos.run(*manifest(photos, *lines), *SIZES, status=2).stderr
    assert not photos.out.exists()


def test_a_manifest_that_is_not_there_or_has_company_is_refused(photos):
    photos.run("resize", "--manifest", "none.txt", "-o", "out", status=2)
    photos.run("resize", "photos", *manifest(photos, "a.jpg")[1:], status=2)
    photos.run("resize", "-o", "out", status=2)


def test_a_target_that_is_there_starts_nothing(photos):
    photos.out.mkdir()
    (photos.out / "city-50.png").write_text("mine")
    photos.run(*manifest(photos, "photos/beach.jpg", "photos/city.png"), *SIZES, status=2)
    assert photos.outputs() == ["city-50.png"]
    # With --resume it is seen when its turn comes.
    failed = photos.run(*manifest(photos, "photos/beach.jpg", "photos/city.png"), *SIZES, "--resume", status=1)
    assert failed.error_for("out/city-50.png")["stage"] == "write"
    assert photos.outputs() == ["beach-30.png", "beach-50.png", "city-30.png", "city-50.png"]
    assert (photos.out / "city-50.png").read_text() == "mine"


def test_shards_of_a_manifest_make_the_whole(lab):
    names = [f"{number}.jpg" for number in range(30)]
    source = save(photo(20, 10), lab.photos / names[0])
    for name in names[1:]:
        os.link(source, lab.photos / name)
    asked = [*manifest(lab, *names), "--manifest-root", "photos", *SIZES, "--resume"]
    for number in (1, 2, 3):
        lab.run(*asked, "--shard", f"{number}/3")
    assert len(lab.outputs()) == 60
    assert "60 there already" in lab.run(*asked).stdout


@pytest.mark.parametrize("mode", ["blocking", "threads", "async", "multiprocessing-pool"])
def test_a_manifest_of_several_parts(lab, mode):
    """Longer than what is executed at once."""
    bad = lab.photos / "bad.png"
    bad.write_text("no picture")
    save(photo(3, 2), lab.photos / "good.png")
    lines = []
    for number in range(10_050):
        folder = lab.photos / str(number)
        kind = "good" if number % 3000 == 7 else "bad"
        folder.symlink_to(lab.photos)
        lines.append(f"{number}/{kind}.png")
    done = lab.run(*manifest(lab, *lines), "--manifest-root", "photos", "--width", "2", "--json", "-", "--mode", mode,
                   "--failed-list", "failed.txt", status=1, writes=[lab.root / "failed.txt"])  # fmt: skip
    report = json.loads(done.stdout)
    assert report["renditions"] == {"done": 4, "skipped": 0, "failed": 10_046, "not_done": 0}
    assert report["job"]["sources"] == 10_050
    assert report["error_groups"][0]["count"] == 10_046
    assert len(lab.outputs()) == 4
    assert len((lab.root / "failed.txt").read_text().splitlines()) == 10_046


def test_what_failed_is_listed_and_can_be_given_back(mixed):
    mixed.resize(*SIZES, "--failed-list", "failed.txt", status=1, writes=[mixed.root / "failed.txt"])
    assert len(mixed.outputs()) == 6
    save(photo(50, 50, seed=5), mixed.photos / "empty.jpg")
    save(photo(50, 50, seed=6), mixed.photos / "trip" / "cut.jpg")

    def again(manifest, failed, **options):
        mixed.run("resize", "--manifest", manifest, "-o", "out", *SIZES, "--failed-list", failed,
                  writes=[mixed.root / failed], **options)

    again("failed.txt", "still.txt", status=1)
    assert {"empty-30.png", "trip/cut-50.png"} < set(mixed.outputs()), "{dir} was lost"
    assert (mixed.root / "still.txt").read_text() == "photos/no picture.png\n"
    save(photo(50, 50, seed=7), mixed.photos / "no picture.png")
    again("still.txt", "last.txt")
    assert (mixed.root / "last.txt").read_text() == ""
    assert len(mixed.outputs()) == 12


def test_renditions_of_their_own_are_in_the_list_too(photos):
    own = {"source": "photos/none.jpg", "renditions": [{"scale": "50%"}, {"scale": "70.5%", "png": "small"}]}
    photos.run(*manifest(photos, json.dumps(own)), "--failed-list", "failed.txt", status=1,
               writes=[photos.root / "failed.txt"])  # fmt: skip
    save(photo(40, 40), photos.photos / "none.jpg")
    photos.run("resize", "--manifest", "failed.txt", "-o", "out")
    assert photos.outputs() == ["none-50.png", "none-70.5.png"]


def test_errors_are_grouped_at_the_end(mixed):
    (mixed.photos / "nothing.jpg").write_bytes(b"")
    outcome = mixed.resize(*SIZES, "--json", "job.json", status=1, writes=[mixed.root / "job.json"])
    assert "2 errors in stage read, empty_file: " in outcome.stdout
    assert "1 error in stage decode, unknown_format: photos/no picture.png" in outcome.stdout
    groups = json.loads((mixed.root / "job.json").read_text())["error_groups"]
    assert {(group["stage"], group["code"]): group["count"] for group in groups} == {
        ("read", "empty_file"): 2,
        ("decode", "unknown_format"): 1,
        ("decode", "truncated"): 1,
    }


@pytest.mark.parametrize("mode", ["blocking", "threads", "async", "multiprocessing-pool"])
def test_the_log_tells_each_task_once_and_ends_with_the_totals(mixed, mode):
    for _ in range(2):
        mixed.resize(*SIZES, "--mode", mode, "--resume", "--log-json", "log.jsonl", status=1,
                     writes=[mixed.root / "log.jsonl"])  # fmt: skip
    events = events_of(mixed)
    starts = [index for index, event in enumerate(events) if event["event"] == "job_start"]
    assert len(starts) == 2 and starts[0] == 0, "the log is appended to"
    first, second = events[: starts[1]], events[starts[1] :]
    assert first[0]["schema"] == "labday.log/1" and first[0]["sources"] == 6
    assert sorted(event["path"] for event in first if event["event"] == "task_done") == [
        "photos/beach.jpg",
        "photos/city.png",
        "photos/trip/peak.jpg",
    ]
    failed = [event for event in first if event["event"] == "task_failed"]
    assert {event["errors"][0]["code"] for event in failed} == {"empty_file", "unknown_format", "truncated"}
    assert {event["errors"][0]["stage"] for event in failed} == {"read", "decode"}
    assert first[-1]["event"] == "job_end" and first[-1]["exit_status"] == 1
    assert first[-1]["renditions"] == {"done": 6, "skipped": 0, "failed": 6, "not_done": 0}
    assert sum(event["event"] == "task_skipped" for event in second) == 3
    assert second[-1]["resumed"]["up_to_date"] == 6


def test_the_log_on_stdout_leaves_the_text_to_stderr(photos):
    outcome = photos.resize(*SIZES, "--log-json", "-")
    assert [json.loads(line)["event"] for line in outcome.stdout.splitlines()][-1] == "job_end"
    assert "6 renditions of 3 sources" in outcome.stderr
    photos.resize(*SIZES, "--log-json", "-", "--json", "-", "--on-exists", "skip", status=2)
    photos.resize(*SIZES, "--log-json", "no/such/folder", "--on-exists", "skip", status=2)


@pytest.mark.parametrize("mode", PROCESS_MODES)
def test_a_source_that_ends_its_worker_twice_is_left_alone_from_then_on(photos, mode):
    """Every worker is killed when it is about to put a file in place, which a worker in a sandbox does not do."""
    asked = ["resize", "photos", "-o", "out", *SIZES, "--resume", "--mode", mode, "-j", "1", "--log-json", "log.jsonl"]
    asked += ["--sandbox", "off"]
    killed = subprocess.run(
        [
            *strace_prefix("-f", "-o", os.devnull, "-e", "inject=renameat2:signal=SIGKILL:when=1"),
            *photos.command(*asked),
        ],
        cwd=photos.root,
        capture_output=True,
        check=False,
    )
    assert killed.returncode == 1, killed.stderr
    losses = [event for event in events_of(photos) if event["event"] == "worker_lost"]
    assert len(losses) == 6 and sum(loss["retried"] for loss in losses) == 3
    assert all("signal 9" in loss["how"] and loss["path"].startswith("photos/") for loss in losses)
    assert photos.outputs() == [] and temporaries(photos.out) == []
    writes = [photos.root / "log.jsonl"]
    skipped = photos.run(*asked, status=1, writes=writes)
    assert skipped.stderr.count("it is in quarantine") == 3 and "--retry-failed" in skipped.stderr
    assert photos.outputs() == []
    os.utime(photos.photos / "city.png")  # another file now, as far as anybody knows
    photos.run(*asked, status=1, writes=writes)
    assert photos.outputs() == ["city-30.png", "city-50.png"]
    photos.run(*asked, "--retry-failed", writes=writes)
    assert len(photos.outputs()) == 6
    photos.run(*asked, writes=writes)


@pytest.mark.parametrize("mode", PROCESS_MODES)
def test_a_task_that_takes_too_long_is_given_up_and_the_others_are_done(lab, mode):
    """A worker is stopped (SIGSTOP): its task would never end."""
    source = save(photo(300, 200), lab.photos / "0.jpg")
    for number in range(1, 60):
        os.link(source, lab.photos / f"{number}.jpg")
    running = lab.start("resize", "photos", "-o", "out", "--resume", "--mode", mode, "-j", "2", "--task-timeout", "2",
                        "--failed-list", "failed.txt", "--grain", "source")  # fmt: skip
    while running.poll() is None and not (lab.out.exists() and lab.outputs()):
        time.sleep(0.001)
    stopped = 0
    while running.poll() is None and not stopped:
        try:
            with open(f"/proc/{running.pid}/task/{running.pid}/children") as children:
                for worker in children.read().split()[:1]:
                    os.kill(int(worker), signal.SIGSTOP)
                    stopped += 1
        except (OSError, ProcessLookupError):
            pass
    stdout, stderr = running.communicate(timeout=120)
    outcome = lab.outcome(running.args, running.returncode, stdout, stderr)
    assert outcome.status == 1, outcome
    assert len(outcome.errors) == 1 and "took longer than 2 s" in outcome.errors[0]["detail"], outcome
    assert "--task-timeout" in outcome.errors[0]["remedy"]
    assert temporaries(lab.root) == []
    assert len((lab.root / "failed.txt").read_text().splitlines()) == 1
    lab.resize("--resume", "--mode", mode)
    assert len(lab.outputs()) == 300


@pytest.mark.parametrize("mode", PROCESS_MODES)
def test_the_time_in_which_the_whole_job_is_stopped_is_no_tasks_time(lab, mode):
    """As by Ctrl-Z and `fg`: parent and workers are stopped for longer than a task may take."""
    source = save(photo(300, 200), lab.photos / "0.jpg")
    for number in range(1, 40):
        os.link(source, lab.photos / f"{number}.jpg")
    running = lab.start("resize", "photos", "-o", "out", "--mode", mode, "-j", "2", "--task-timeout", "2")
    while running.poll() is None and not (lab.out.exists() and len(lab.outputs()) > 5):
        time.sleep(0.001)
    assert running.poll() is None, "the job is too short"
    os.killpg(running.pid, signal.SIGSTOP)
    time.sleep(2.5)
    os.killpg(running.pid, signal.SIGCONT)
    stdout, stderr = running.communicate(timeout=120)
    outcome = lab.outcome(running.args, running.returncode, stdout, stderr)
    assert outcome.status == 0 and outcome.stderr == "", outcome
    assert len(lab.outputs()) == 200


def test_auto_takes_a_mode_that_can_end_a_task_where_that_is_wanted(photos):
    assert "multiprocessing-pool" in photos.resize("--task-timeout", "60").stdout


@pytest.mark.parametrize("mode", ["blocking", "threads", "async"])
def test_modes_that_cannot_end_a_task_say_so(photos, mode):
    assert "multiprocessing-pool" in photos.resize("--task-timeout", "5", "--mode", mode, status=2).stderr


def test_a_full_disk_in_the_middle_is_resumed(lab):
    """The limit on the size of files stands for the disk: a write that does not fit fails alike."""
    for number in range(6):
        save(photo(200, 150, seed=number), lab.photos / f"{number}.png")
    lab.run("resize", "photos", "-o", "plain", "--width", "10,300", writes=[lab.root / "plain"])
    asked = ["resize", "photos", "-o", "out", "--width", "10,300", "--resume"]
    failed = lab.run(*asked, status=1, prefix=["sh", "-c", 'ulimit -f 20; exec "$@"', "sh"])
    assert failed.errors and all(error["stage"] == "write" for error in failed.errors)
    assert len(lab.outputs()) == 6
    lab.run(*asked)
    assert lab.bytes_of_outputs() == lab.bytes_of_outputs(lab.root / "plain")
