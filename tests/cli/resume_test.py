"""--resume: a second run does what is missing or changed, nothing else, and says why; in every mode the files are
those of an undisturbed run."""

import json
import os
import shutil
import signal
import subprocess
import threading
import time

import pytest

from cli_lab import JOURNALS, MODES, processes_of_session, strace_prefix, temporaries
from pictures import photo, save

SIZES = ["--width", "30,50"]


def judged(lab, *arguments, **options):
    """Runs `resize --resume` and gives back the counts by judgement that are not 0."""
    report = lab.resize(*SIZES, "--resume", "--quiet", "--json", "-", *arguments, **options)
    return {name: count for name, count in json.loads(report.stdout)["resumed"].items() if count}


@pytest.fixture
def done(photos):
    """A lab whose six renditions were made with --resume."""
    photos.resize(*SIZES, "--resume")
    return photos


def journal_files(lab):
    return sorted((lab.out / JOURNALS).iterdir())


def test_without_resume_no_journal_is_kept(photos):
    photos.resize(*SIZES)
    assert not (photos.out / JOURNALS).exists()


@pytest.mark.parametrize("durable", [[], ["--durable"]])
@pytest.mark.parametrize("grain", ["source", "rendition"])
@pytest.mark.parametrize("mode", MODES)
def test_in_every_mode_the_second_run_has_nothing_to_do(photos, tmp_path, mode, grain, durable):
    photos.run("resize", "photos", "-o", "plain", *SIZES, writes=[photos.root / "plain"])
    asked = ["--mode", mode, "--grain", grain, "-j", "2", *durable]
    first = judged(photos, *asked)
    assert first == {"missing": 6}
    made = photos.bytes_of_outputs()
    assert made == photos.bytes_of_outputs(photos.root / "plain")
    times = {name: (photos.out / name).stat().st_mtime_ns for name in photos.outputs()}
    assert judged(photos, *asked) == {"up_to_date": 6}
    assert {name: (photos.out / name).stat().st_mtime_ns for name in photos.outputs()} == times
    (photos.out / "city-30.png").unlink()
    assert judged(photos, *asked) == {"up_to_date": 5, "missing": 1}
    assert photos.bytes_of_outputs() == made


def test_a_source_that_has_changed_is_done_again(done):
    save(photo(60, 40, seed=9), done.photos / "beach.jpg")
    before = done.bytes_of_outputs()
    assert judged(done) == {"up_to_date": 4, "source_changed": 2}
    after = done.bytes_of_outputs()
    assert {name for name in after if after[name] != before[name]} == {"beach-30.png", "beach-50.png"}
    assert judged(done) == {"up_to_date": 6}


def test_a_source_that_was_touched_is_done_again_unless_its_content_counts(photos):
    photos.resize(*SIZES, "--resume", "--checksum")
    os.utime(photos.photos / "beach.jpg", (1, 1))
    assert judged(photos, "--checksum") == {"up_to_date": 6}
    assert judged(photos) == {"up_to_date": 4, "source_changed": 2}


def test_a_content_that_changes_under_the_same_size_and_time_is_found_by_checksum(photos):
    target = photos.photos / "city.png"
    kept = target.stat()
    photos.resize(*SIZES, "--resume", "--checksum")
    content = bytearray(target.read_bytes())
    content[-1] ^= 1  # of the last chunk's checksum
    target.write_bytes(content)
    os.utime(target, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert judged(photos) == {"up_to_date": 6}
    assert judged(photos, "--checksum", status=(0, 1)) == {"up_to_date": 4, "source_changed": 2}


def test_sources_that_moved_are_the_same_by_checksum(photos):
    photos.resize(*SIZES, "--resume", "--checksum")
    photos.photos.rename(photos.root / "moved")
    report = photos.run("resize", "moved", "-o", "out", *SIZES, "--resume", "--checksum")
    assert "6 there already" in report.stdout


def test_other_settings_are_made_and_the_old_ones_replaced(done):
    assert judged(done, "--png", "fastest") == {"spec_changed": 6}
    assert judged(done, "--filter", "nearest") == {"spec_changed": 6}
    assert judged(done) == {"spec_changed": 6}
    assert judged(done) == {"up_to_date": 6}


def test_what_it_skipped_and_what_it_made_again_is_said(done):
    save(photo(60, 40, seed=9), done.photos / "beach.jpg")
    (done.out / "city-30.png").write_bytes(b"short")
    said = done.resize(*SIZES, "--resume").stdout
    assert "3 there already, as they should be" in said
    assert "2 whose source has changed" in said and "1 damaged" in said


def test_a_dry_run_says_what_would_be_made_again_and_why(done):
    save(photo(60, 40, seed=9), done.photos / "beach.jpg")
    (done.out / "city-30.png").write_bytes(b"short")
    (done.out / "trip" / "peak-30.png").unlink()
    before = done.bytes_of_outputs()
    said = done.resize(*SIZES, "--resume", "--dry-run").stdout
    assert "out/city-30.png (30x" in said and "damaged: made again" in said
    assert said.count("its source has changed: made again") == 2
    assert said.count("done: skipped") == 2
    assert done.bytes_of_outputs() == before
    (done.root / "list.txt").write_text("city.png\ntrip/peak.jpg\n")
    listed = done.run("resize", "--manifest", "list.txt", "--manifest-root", "photos", "-o", "out", *SIZES,
                      "--resume", "--dry-run").stdout  # fmt: skip
    assert listed.count("damaged: made again") == 1 and listed.count("done: skipped") == 2
    assert done.bytes_of_outputs() == before


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty"])
def test_what_is_damaged_is_made_again(done, damage):
    before = done.bytes_of_outputs()
    victim = done.out / "city-50.png"
    content = bytearray(victim.read_bytes())
    if damage == "flipped":
        content[len(content) // 2] ^= 4
    victim.write_bytes(content[: {"cut": len(content) - 1, "flipped": len(content), "empty": 0}[damage]])
    assert judged(done) == {"up_to_date": 5, "damaged": 1}
    assert done.bytes_of_outputs() == before


def test_damage_that_left_size_and_time_is_found_by_verify(done):
    before = done.bytes_of_outputs()
    victim = done.out / "city-50.png"
    kept = victim.stat()
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 4
    victim.write_bytes(content)
    os.utime(victim, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert judged(done) == {"up_to_date": 6}
    assert judged(done, "--verify") == {"up_to_date": 5, "damaged": 1}
    assert done.bytes_of_outputs() == before


def test_an_output_folder_that_was_copied_is_still_known(done):
    shutil.copytree(done.out, done.root / "copy", copy_function=shutil.copyfile)
    shutil.rmtree(done.out)
    (done.root / "copy").rename(done.out)
    assert judged(done) == {"up_to_date": 6}


def test_a_file_that_no_journal_has_is_somebody_elses(photos):
    photos.out.mkdir()
    (photos.out / "city-30.png").write_text("mine")
    refused = photos.resize(*SIZES, "--resume", status=2)
    assert refused.errors[0]["path"] == "out/city-30.png" and "no journal" in refused.errors[0]["detail"]
    assert photos.outputs() == ["city-30.png"]
    assert judged(photos, "--on-exists", "skip") == {"missing": 5, "foreign": 1}
    assert (photos.out / "city-30.png").read_text() == "mine"
    assert judged(photos, "--on-exists", "skip") == {"up_to_date": 5, "foreign": 1}
    assert judged(photos, "--on-exists", "replace") == {"up_to_date": 5, "foreign": 1}
    assert judged(photos) == {"up_to_date": 6}


def test_without_its_journal_everything_is_somebody_elses(done):
    shutil.rmtree(done.out / JOURNALS)
    done.resize(*SIZES, "--resume", status=2)


def test_a_journal_that_ends_anywhere_costs_no_more_than_what_it_lost(done):
    """Cut at every byte: what has lost its done record is unfinished, what has lost its intent is foreign."""
    before = done.bytes_of_outputs()
    (journal,) = journal_files(done)
    content = journal.read_bytes()
    last = None
    for size in range(0, len(content), 7):
        journal.write_bytes(content[:size])
        found = judged(done, "--on-exists", "replace")
        assert set(found) <= {"up_to_date", "unfinished", "foreign"} and sum(found.values()) == 6, (size, found)
        if last is not None:
            assert found.get("foreign", 0) <= last.get("foreign", 0)
        last = found
        assert done.bytes_of_outputs() == before


def test_an_intent_alone_does_not_make_somebodys_file_ours(done):
    """The job was killed between its intent and the rename; since then a user has put a file under that name."""
    (journal,) = journal_files(done)
    content = journal.read_bytes()
    for path in done.out.rglob("*.png"):
        path.write_text("mine")
        # Written later. The kernel's clock of files ticks in milliseconds, and the job may have ended in this very one.
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime + 1))
    for size in range(0, len(content), 31):
        journal.write_bytes(content[:size])
        found = judged(done, "--on-exists", "skip")
        assert set(found) <= {"foreign", "damaged"}, (size, found)
        if "damaged" in found:
            break
        assert all(path.read_text() == "mine" for path in done.out.rglob("*.png"))
    assert size > 0


def test_a_journal_of_another_version_is_refused_with_its_name(done):
    (journal,) = journal_files(done)
    journal.write_bytes(b"labday journal 9\nand what only that one knows")
    assert done.resize(*SIZES, "--resume", status=2).errors[0]["path"] == f"out/{JOURNALS}/journal-0"


def test_a_journal_whose_header_is_damaged_is_named_and_still_used(done):
    (journal,) = journal_files(done)
    content = bytearray(journal.read_bytes())
    content[2] ^= 16
    journal.write_bytes(content)
    outcome = done.resize(*SIZES, "--resume")
    assert "6 there already" in outcome.stdout
    assert f"out/{JOURNALS}/journal-0" in outcome.stderr and "damaged" in outcome.stderr
    assert len(journal_files(done)) <= 2


def test_a_fifo_in_the_place_of_a_journal_is_named_and_passed_over(photos):
    (photos.out / JOURNALS).mkdir(parents=True)
    os.mkfifo(photos.out / JOURNALS / "journal-0")
    assert f"out/{JOURNALS}/journal-0" in photos.resize(*SIZES, "--resume", timeout=60).stderr
    assert judged(photos) == {"up_to_date": 6}


def linked(path, target):
    """A link at `path` to a new folder `target`."""
    target.mkdir(parents=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    return target


@pytest.mark.parametrize("resume", [[], ["--resume"]])
@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_written_through_a_linked_folder(photos, mode, resume):
    elsewhere = linked(photos.out / "trip", photos.root / "elsewhere")
    failed = photos.resize(*SIZES, "--mode", mode, *resume, status=1)
    for name in ("out/trip/peak-30.png", "out/trip/peak-50.png"):
        error = failed.error_for(name)
        assert error["stage"] == "write" and "out/trip is a link" in error["detail"] and "link" in error["remedy"]
    assert list(elsewhere.iterdir()) == []
    assert len(photos.outputs()) == 4
    # What the message advises works.
    (photos.out / "trip").unlink()
    photos.resize(*SIZES, "--mode", mode, *(resume or ["--on-exists", "skip"]))
    assert len(photos.outputs()) == 6


def test_the_output_folder_itself_may_be_a_link(photos):
    real = linked(photos.out, photos.root / "real")
    photos.resize(*SIZES, "--resume", writes=[real])
    assert len(photos.outputs(real)) == 6


def test_a_journal_folder_that_is_a_link_is_refused_by_name(photos):
    elsewhere = linked(photos.out / JOURNALS, photos.root / "elsewhere")
    refused = photos.resize(*SIZES, "--resume", status=2)
    assert f"out/{JOURNALS}" in refused.stderr and "is a link" in refused.stderr
    assert list(elsewhere.iterdir()) == []


def test_journals_are_used_again_and_do_not_grow_in_number(photos):
    for _ in range(3):
        photos.resize(*SIZES, "--resume", "--mode", "multiprocessing", "-j", "2")
        for name in photos.outputs():
            (photos.out / name).unlink()
    assert len(journal_files(photos)) <= 2


@pytest.mark.parametrize("mode", MODES)
def test_killed_and_resumed_the_files_are_those_of_an_undisturbed_run(lab, mode):
    source = save(photo(300, 200), lab.photos / "0.jpg")
    for number in range(1, 40):
        os.link(source, lab.photos / f"{number}.jpg")
    plain = lab.root / "plain"
    lab.run("resize", "photos", "-o", "plain", writes=[plain])
    asked = ["resize", "photos", "-o", "out", "--resume", "--mode", mode, "-j", "2"]
    running = lab.start(*asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while running.poll() is None and not (lab.out.exists() and len(lab.outputs()) > 5):
        pass
    os.killpg(running.pid, signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    while processes_of_session(running.pid):  # workers take a moment to die
        time.sleep(0.01)
    lab.run(*asked)  # also sees to it that no temporary is left
    assert lab.bytes_of_outputs() == lab.bytes_of_outputs(plain)
    assert "200 there already" in lab.run(*asked).stdout


def test_temporaries_of_the_dead_are_swept_and_those_of_the_living_are_not(done):
    """A dead writer is this process with an earlier start, or of an earlier boot of this machine."""
    log = done.root / "strace.txt"
    killed = subprocess.run(
        [
            *strace_prefix("-o", log, "-e", "inject=renameat2:signal=SIGKILL:when=1"),
            *done.command("resize", "photos", "-o", "out", "--mode", "blocking"),
        ],
        cwd=done.root,
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    (dead,) = map(os.path.basename, temporaries(done.out))
    _, _, pid, start, place, number = dead.rsplit("-", 5)[-6:]
    own_start = open("/proc/self/stat").read().rpartition(")")[2].split()[19]
    living = f".labday-tmp-{os.getpid()}-{own_start}-{place}-0"
    reused = f".labday-tmp-{os.getpid()}-{int(own_start) - 1}-{place}-0"
    elsewhere = f".labday-tmp-{pid}-{start}-{place[:16]}{int(place[16:24], 16) ^ 1:08x}{place[24:]}-0"
    for name in (living, reused, elsewhere):
        (done.out / name).write_text("half")
        (done.out / "trip" / name).write_text("half")
    (done.out / ".labday-tmp-of-another-kind").write_text("not ours to judge")
    command = done.command("resize", "photos", "-o", "out", *SIZES, "--resume", "--quiet")
    subprocess.run(command, cwd=done.root, check=True)
    left = sorted(os.path.relpath(path, done.out) for path in temporaries(done.out))
    kept = [elsewhere, living, f"trip/{elsewhere}", f"trip/{living}", ".labday-tmp-of-another-kind"]
    assert left == sorted(kept)


def test_shards_together_make_the_whole_job(lab):
    for number in range(40):
        save(photo(20, 10, seed=number), lab.photos / f"{number}.jpg")
    lab.run("resize", "photos", "-o", "plain", *SIZES, writes=[lab.root / "plain"])
    made = []
    for number in (1, 2, 3):
        before = set(lab.outputs()) if lab.out.exists() else set()
        lab.resize(*SIZES, "--shard", f"{number}/3")
        made.append(set(lab.outputs()) - before)
    assert all(made), "a shard of 40 sources in 3 is empty"
    assert lab.bytes_of_outputs() == lab.bytes_of_outputs(lab.root / "plain")
    shutil.rmtree(lab.out)
    lab.resize(*SIZES, "--shard", "2/3")
    assert set(lab.outputs()) == made[1], "the assignment is not stable"


@pytest.mark.parametrize("wrong", ["0/3", "4/3", "1", "1/0", "a/b", "1/3/5", "-1/3", ""])
def test_a_shard_that_is_none_is_refused(photos, wrong):
    assert photos.resize("--shard", wrong, status=2)
    assert not photos.out.exists()


def test_sources_of_other_shards_may_not_collide_either(lab):
    for number in range(20):
        save(photo(20, 10), lab.photos / f"{number}.jpg")
    save(photo(20, 10), lab.photos / "7.png")
    for number in (1, 2):
        assert "photos/7.png" in lab.resize(*SIZES, "--shard", f"{number}/2", status=2).stderr


@pytest.mark.parametrize("mode", ["threads", "async", "multiprocessing-pool"])
@pytest.mark.parametrize("shards", [["1/2", "2/2"], ["1/2", "1/2", "2/2", "2/2"], ["1/1"] * 4])
def test_shards_and_the_same_shard_twice_at_the_same_time(lab, mode, shards):
    source = save(photo(120, 90), lab.photos / "0.jpg")
    for number in range(1, 60):
        os.link(source, lab.photos / f"{number}.jpg")
    lab.run("resize", "photos", "-o", "plain", writes=[lab.root / "plain"])
    outcomes = {}

    def work(index, shard):
        running = lab.start("resize", "photos", "-o", "out", "--resume", "--mode", mode, "-j", "2", "--shard", shard)
        stdout, stderr = running.communicate(timeout=120)
        outcomes[index] = lab.outcome(running.args, running.returncode, stdout, stderr)

    workers = [threading.Thread(target=work, args=(index, shard)) for index, shard in enumerate(shards)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for outcome in outcomes.values():
        assert outcome.status == 0 and outcome.stderr == "", outcome
    assert len(outcomes) == len(shards)
    assert lab.bytes_of_outputs() == lab.bytes_of_outputs(lab.root / "plain")
    assert "300 there already" in lab.resize("--resume").stdout


def test_flags_that_need_a_journal_say_so(photos):
    for flag in ("--verify", "--checksum", "--retry-failed"):
        assert "--resume" in photos.resize(flag, status=2).stderr
