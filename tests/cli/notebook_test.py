"""`--title` and `labday notebook`: numbered runs that survive a kill, many writers, damage and later versions."""

import fcntl
import json
import os
import pty
import random
import re
import shutil
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path

import pytest

from cli_lab import Lab, processes_of_session
from pictures import photo, save

QUICK = ("--scale", "50%", "--rounds", "2", "--modes", "blocking,threads")
STORED = Path(__file__).resolve().parent / "notebooks"
LINE = re.compile(r"Running in (\S+) mode took \d+\.\d\d seconds \(~\d+\.\d\d minutes\)")


def notebook_of(lab):
    return lab.root / "labday-notebook"


def bench(lab, *arguments, notebook="labday-notebook", **options):
    return lab.run("bench", "photos", *QUICK, *arguments, writes=[lab.tmp, lab.root / notebook], **options)


def notebook(lab, *arguments, **options):
    return lab.run("notebook", *arguments, **options)


def plainly(lab, *arguments):
    """Runs labday where something killed has left its temporaries, which Lab.run() would not let pass."""
    command = lab.command(*arguments)
    done = subprocess.run(command, cwd=lab.root, env=lab.environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False)
    outcome = lab.outcome(command, done.returncode, done.stdout, done.stderr)
    assert outcome.status == 0, outcome
    return outcome


def git_of(lab):
    """Calls git in the lab's folder, and gives what it printed."""
    if shutil.which("git") is None:
        pytest.skip("there is no git")

    def git(*arguments, status=0):
        command = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.org", *arguments]
        done = subprocess.run(command, cwd=lab.root, env=lab.environment(), capture_output=True, text=True, check=False)
        assert done.returncode == status, done
        return done.stdout

    return git


def run_file(lab, number):
    return json.loads((notebook_of(lab) / "runs" / f"{number:04}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def kept(binary, tmp_path_factory):
    """A lab whose notebook has a bench (1), the same once more (2) and a sweep (3); tests only read it."""
    lab = Lab(binary, tmp_path_factory.mktemp("kept"))
    for number in range(3):
        save(photo(60, 40, seed=number), lab.photos / f"{number}.png")
    bench(lab, "--title", "Averages", "--note", "Of *two* rounds.")
    bench(lab, "--note", "The same again.")
    grid = ("--sources", "1x,2x", "--workers", "1,2", "--scale", "50%", "--rounds", "2", "--modes", "blocking,threads")
    lab.run("sweep", "photos", *grid, "--title", "More files", writes=[lab.tmp, notebook_of(lab)])
    return lab


def test_a_bench_with_a_title_becomes_a_run_in_json_and_in_markdown(photos):
    outcome = bench(photos, "--title", "Averages", "--note", "Of *two* rounds.")
    assert outcome.stdout.endswith("Run 1 of labday-notebook (labday-notebook/runs/0001.json).\n")
    run = run_file(photos, 1)
    assert run["schema"] == "labday.bench/1" and run["ended"] == "rounds"
    assert run["notebook"]["title"] == "Averages" and run["notebook"]["note"] == "Of *two* rounds."
    assert "writer" not in run["notebook"]
    page = (notebook_of(photos) / "NOTEBOOK.md").read_text(encoding="utf-8")
    assert "\n# Run 1 - Averages\n" in page and "\n## Notes\nOf *two* rounds.\n" in page
    assert [found[1] for found in map(LINE.fullmatch, page.splitlines()) if found] == ["blocking", "threads"]
    assert sorted(os.listdir(notebook_of(photos))) == [".gitattributes", "NOTEBOOK.md", "runs"]


def test_branch_and_commit_are_those_of_the_folder_that_labday_runs_in(photos):
    if shutil.which("git") is None:
        pytest.skip("there is no git")
    git = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.org"]
    for arguments in (["init", "-q", "-b", "labday-may12"], ["commit", "-q", "--allow-empty", "-m", "First"]):
        subprocess.run([*git, *arguments], cwd=photos.root, env=photos.environment(), check=True)
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=photos.root, env=photos.environment(), check=True, capture_output=True, text=True
    ).stdout.strip()
    bench(photos, "--title", "With git")
    page = (notebook_of(photos) / "NOTEBOOK.md").read_text(encoding="utf-8")
    assert f"\n - branch labday-may12\n - commit {commit}\n" in page


@pytest.mark.parametrize("folder", ["labday-notebook", "books/one"])
def test_a_notebook_that_git_tracks_does_not_make_the_next_run_dirty(photos, folder):
    git = git_of(photos)
    git("init", "-q", "-b", "main")
    (photos.root / "code").write_text("1", encoding="utf-8")
    for number in (1, 2):
        bench(photos, "--notebook", folder, notebook=folder.split("/")[0])
        git("add", "code", folder)
        git("commit", "-q", "-m", f"Run {number}")
    bench(photos, "--notebook", folder, notebook=folder.split("/")[0])
    grid = ("--sources", "1x", "--workers", "1", "--scale", "50%", "--rounds", "2", "--modes", "blocking,threads")
    photos.run("sweep", "photos", *grid, "--notebook", folder, writes=[photos.tmp, photos.root / folder.split("/")[0]])
    runs = [json.loads((photos.root / folder / f"runs/{number:04}.json").read_text(encoding="utf-8")) for number in (2, 3, 4)]
    assert [run["environment"]["git"]["dirty"] for run in runs] == [False] * 3
    (photos.root / "code").write_text("2", encoding="utf-8")
    bench(photos, "--notebook", folder, notebook=folder.split("/")[0])
    last = json.loads((photos.root / folder / "runs/0005.json").read_text(encoding="utf-8"))
    assert last["environment"]["git"]["dirty"] is True


def test_branches_with_runs_merge_in_git_as_the_manual_says(photos):
    git = git_of(photos)
    git("init", "-q", "-b", "main")
    bench(photos, "--title", "Shared")
    git("add", "labday-notebook")
    git("commit", "-q", "-m", "Shared")
    git("switch", "-q", "-c", "other")
    bench(photos, "--title", "Theirs")
    notebook(photos, "note", "2", "Their note.", writes=[notebook_of(photos)])
    git("add", "labday-notebook")
    git("commit", "-q", "-m", "Theirs")
    git("switch", "-q", "main")
    bench(photos, "--title", "Ours")
    git("add", "labday-notebook")
    git("commit", "-q", "-m", "Ours")
    # One number on both sides: git keeps ours, whole, and asks.
    assert git("merge", "other", status=1)
    assert run_file(photos, 2)["notebook"]["title"] == "Ours"
    runs = "labday-notebook/runs"
    for name in ("{}.json", "{}-note-1.md"):
        theirs = git("show", f"other:{runs}/{name.format('0002')}")
        (photos.root / runs / name.format("0003")).write_text(theirs, encoding="utf-8")
    git("checkout", "-q", "--ours", f"{runs}/0002.json")
    git("rm", "-q", "-f", f"{runs}/0002-note-1.md")
    notebook(photos, "render", writes=[notebook_of(photos)])
    git("add", "labday-notebook")
    git("commit", "-q", "-m", "Merge")
    # Other numbers: no conflict at all.
    git("switch", "-q", "-c", "third")
    (notebook_of(photos) / "runs/0004.json").write_text(git("show", f"main:{runs}/0002.json"), encoding="utf-8")
    notebook(photos, "render", writes=[notebook_of(photos)])
    git("add", "labday-notebook")
    git("commit", "-q", "-m", "Fourth")
    git("switch", "-q", "main")
    (notebook_of(photos) / "runs/0005.json").write_text(git("show", f"main:{runs}/0001.json"), encoding="utf-8")
    notebook(photos, "render", writes=[notebook_of(photos)])
    git("add", "labday-notebook")
    git("commit", "-q", "-m", "Fifth")
    git("merge", "-q", "-m", "Both", "third")
    notebook(photos, "render", writes=[notebook_of(photos)])
    page = (notebook_of(photos) / "NOTEBOOK.md").read_text(encoding="utf-8")
    titles = re.findall(r"^# Run (\d) - (.*)$", page, re.M)
    assert titles == [("1", "Shared"), ("2", "Ours"), ("3", "Theirs"), ("4", "Ours"), ("5", "Shared")]
    assert page.count("Their note.") == 1 and "<<<<" not in page


@pytest.mark.parametrize("flag", [("--note", "Only a note"), ("--notebook", "labday-notebook")])
def test_a_note_or_a_folder_alone_makes_a_run_too_and_without_either_there_is_none(photos, flag):
    bench(photos)
    assert not notebook_of(photos).exists()
    bench(photos, *flag)
    assert run_file(photos, 1)["notebook"]["title"] == ""


def test_the_notebook_may_lie_elsewhere_and_the_json_too(photos):
    outcome = bench(photos, "--notebook", "elsewhere/book", "--title", "There", "--json", "-", notebook="elsewhere")
    document = json.loads(outcome.stdout)
    assert "notebook" not in document, "what --json writes is the experiment, of no notebook"
    kept = json.loads((photos.root / "elsewhere/book/runs/0001.json").read_text(encoding="utf-8"))
    assert kept.pop("notebook")["title"] == "There"
    assert kept == document
    listed = notebook(photos, "list", "--notebook", "elsewhere/book").stdout
    assert "There" in listed and "There" in notebook(photos, "--notebook", "elsewhere/book").stdout


def test_a_finished_sweep_that_is_called_again_adds_no_second_run(photos):
    grid = ("--sources", "1x", "--workers", "1", "--scale", "50%", "--rounds", "2", "--modes", "blocking,threads")
    command = ("sweep", "photos", *grid, "--title", "Once", "--json", "s.json")
    writes = [photos.tmp, notebook_of(photos), photos.root / "s.json"]
    assert "Run 1 of labday-notebook" in photos.run(*command, writes=writes).stdout
    again = photos.run(*command, writes=writes)
    assert "Run " not in again.stdout.replace("Running", "") and "nothing is left to play" in again.stdout
    assert "Nothing was left to measure, so no run is added to the notebook." in again.stderr
    assert os.listdir(notebook_of(photos) / "runs") == ["0001.json"]


def test_after_one_round_nothing_is_called_the_fastest(photos):
    once = ("--scale", "50%", "--rounds", "1", "--modes", "blocking,threads")
    photos.run("bench", "photos", *once, "--title", "Once", writes=[photos.tmp, notebook_of(photos)])
    assert re.search(r" not known +Once$", notebook(photos).stdout, re.M)


def test_a_run_can_be_predicted_from_like_any_other_json(kept):
    run = "labday-notebook/runs/0001.json"
    by_path = kept.run("predict", run, "--workers", "2", "--cores", "2").stdout
    assert "threads" in by_path
    assert kept.run("predict", "1", "--workers", "2", "--cores", "2").stdout == by_path
    there = ("--notebook", "labday-notebook")
    assert kept.run("predict", "1", *there, "--workers", "2", "--cores", "2").stdout == by_path


def test_a_run_that_no_prediction_can_be_made_from_is_refused_like_one_without_a_trace(kept):
    for run in ("3", "4"):
        told = [kept.run(*command, status=2).stderr for command in (("predict", run), ("trace", run, "-o", "t.json"))]
        assert told[0].replace("predict", "trace") == told[1], run


def test_the_help_of_every_subcommand_is_about_the_notebook(lab):
    for subcommand in ("list", "show", "note", "compare", "render"):
        text = notebook(lab, subcommand, "--help").stdout
        assert "--notebook" in text and "labday notebook note 5" in text, subcommand
        assert "labday resize" not in text, subcommand


def test_sources_that_failed_are_on_the_page_and_shown(photos):
    (photos.photos / "cut.jpg").write_text("no picture")
    bench(photos, "--title", "Bad", status=1)
    sweep = ("sweep", "photos", "--scale", "50%", "--rounds", "1", "--modes", "blocking", "--workers", "1")
    photos.run(*sweep, "--sources", "1x,2x", "--title", "Bad", writes=[photos.tmp, notebook_of(photos)], status=1)
    page = (notebook_of(photos) / "NOTEBOOK.md").read_text(encoding="utf-8")
    found = len(os.listdir(photos.photos))
    said = f"1 of {found} sources failed: photos/cut.jpg."
    assert page.count(said) == 2
    for run in ("1", "2"):
        assert said in notebook(photos, "show", run).stdout


def test_the_list_has_a_line_a_run(kept):
    lines = notebook(kept).stdout.splitlines()
    assert lines == notebook(kept, "list").stdout.splitlines()
    assert lines[0].split() == ["run", "begun", "kind", "sources", "commit", "fastest", "notes", "title"]
    assert [line.split()[0] for line in lines[1:]] == ["1", "2", "3"]
    assert lines[1].endswith("Averages") and " bench " in lines[1]
    assert lines[3].endswith("More files") and " sweep " in lines[3]


def test_a_run_is_shown_as_it_was_printed(photos):
    printed = bench(photos, "--title", "Averages").stdout
    shown = notebook(photos, "show", "1").stdout
    assert shown.startswith("Run 1 - Averages\nbench of ")
    # Which I/O a mode chose by itself is not kept.
    assert printed.splitlines()[0] in shown
    assert [line for line in printed.splitlines() if LINE.fullmatch(line)] == [
        line for line in shown.splitlines() if LINE.fullmatch(line)
    ]
    conditions = next(line for line in printed.splitlines() if "from seed" in line)
    assert conditions in shown


def test_notes_are_added_and_the_run_stays_as_it_was(photos):
    bench(photos, "--title", "Averages", "--note", "First.")
    before = (notebook_of(photos) / "runs/0001.json").read_bytes()
    for note in ("Second,\nof two lines.", "-- third"):
        notebook(photos, "note", "1", "--", note, writes=[notebook_of(photos)])
    assert (notebook_of(photos) / "runs/0001.json").read_bytes() == before
    page = (notebook_of(photos) / "NOTEBOOK.md").read_text(encoding="utf-8")
    assert page.endswith("## Notes\nFirst.\n\nSecond,\nof two lines.\n\n-- third\n")
    assert notebook(photos, "show", "1").stdout.endswith("Note: First.\n\nNote: Second,\nof two lines.\n\nNote: -- third\n")
    assert " 3  Averages" in notebook(photos).stdout


def test_two_runs_are_compared_mode_by_mode(kept):
    text = notebook(kept, "compare", "1", "2").stdout
    assert text.startswith("Run 1 - Averages (bench, ")
    known = r"\d+\.\d{3} – \d+\.\d{3}|too few rounds to know"  # with two rounds
    assert re.search(rf"^blocking +\d\.\d{{4}} +\d\.\d{{4}} +\d+\.\d{{3}} \(({known})\)", text, re.M), text
    assert "Machine: the same processor" in text
    itself = notebook(kept, "compare", "2", "2").stdout
    assert itself.endswith("\nNo mode changed by more than noise.\n")
    assert notebook(kept, "compare", "3", "3").stdout.endswith("\nNo mode changed by more than noise.\n")


def test_runs_of_other_machines_jobs_and_kinds_are_compared_only_if_asked_and_if_at_all(photos):
    bench(photos)
    bench(photos, "--title", "One")
    save(photo(30, 20), photos.photos / "another.png")
    bench(photos, "--title", "Two")
    refused = notebook(photos, "compare", "1", "2", status=2)
    assert re.search(r"sources: 3 of \d+ bytes in run 1, 4 of \d+ bytes in run 2", refused.stderr)
    assert "--force" in refused.stderr and refused.stdout == ""
    assert "Job: sources" in notebook(photos, "compare", "1", "2", "--force").stdout
    path = notebook_of(photos) / "runs/0002.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"kernel": "', '"kernel": "Another '), encoding="utf-8")
    assert "kernel" in notebook(photos, "compare", "1", "2", status=2).stderr


def test_a_bench_is_not_compared_with_a_sweep(kept):
    assert "sweep" in notebook(kept, "compare", "1", "3", "--force", status=2).stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("show",),
        ("show", "0"),
        ("show", "x"),
        ("show", "4"),
        ("note", "4", "text"),
        ("note", "1", ""),
        ("compare", "1"),
        ("compare", "1", "4"),
        ("list", "--notebook", "nowhere"),
        ("unheard-of",),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(kept, arguments):
    assert notebook(kept, *arguments, status=2).stderr


def test_a_folder_that_cannot_be_written_is_an_error_before_anything_is_started(public_lab):
    lab = public_lab
    save(photo(60, 40), lab.photos / "a.png")
    lab.tmp.chmod(0o777)
    lab.root.chmod(0o555)
    try:
        outcome = lab.run("bench", "photos", *QUICK, "--title", "Nowhere", status=2, writes=[lab.tmp])
    finally:
        lab.root.chmod(0o755)
    assert outcome.error_for("labday-notebook")["stage"] == "plan"


def test_a_title_of_two_lines_is_refused(photos):
    assert "--title" in bench(photos, "--title", "Two\nlines", status=2).stderr


def test_a_bench_that_never_began_leaves_no_run_behind(photos):
    bench(photos, "--title", "First", "--no-space-check")
    bench(photos, "--title", "Usage", "--modes", "no-such-mode", status=2)
    assert [line.split()[0] for line in notebook(photos).stdout.splitlines()[1:]] == ["1"]


@pytest.mark.parametrize("damage", ["cut", "empty", "zeros", "later"])
def test_a_damaged_run_is_named_and_the_others_are_there(photos, damage):
    for title in ("One", "Two", "Three"):
        bench(photos, "--title", title)
    path = notebook_of(photos) / "runs/0002.json"
    text = path.read_bytes()
    damaged = {
        "cut": text[: len(text) // 2],
        "empty": b"",
        "zeros": bytes(len(text)),
        "later": text.replace(b"labday.bench/1", b"labday.bench/7"),
    }
    path.write_bytes(damaged[damage])
    listed = notebook(photos, "list", status=1)
    assert listed.error_for("labday-notebook/runs/0002.json")
    assert [line.split()[0] for line in listed.stdout.splitlines()[1:]] == ["1", "2", "3"]
    assert "damaged" in listed.stdout.splitlines()[2]
    assert "json.exception" not in listed.stderr
    assert ("a later labday reads it" in listed.stderr) == (damage == "later")
    rendered = notebook(photos, "render", status=1, writes=[notebook_of(photos)])
    assert rendered.error_for("labday-notebook/runs/0002.json")
    assert rendered.stdout == "labday-notebook/NOTEBOOK.md with 3 runs, 1 of them damaged.\n"
    page = (notebook_of(photos) / "NOTEBOOK.md").read_text(encoding="utf-8")
    assert "# Run 1 - One\n" in page and "# Run 3 - Three\n" in page
    assert "# Run 2\n\nThis run cannot be read: labday-notebook/runs/0002.json: " in page
    assert notebook(photos, "show", "2", status=2).error_for("labday-notebook/runs/0002.json")
    bench(photos, "--title", "Four")
    assert run_file(photos, 4)["notebook"]["title"] == "Four"


# Steps that have begun, by the progress line; when the next one begins, the round before is in the file.
STEP = re.compile(rb"\((\d+) of (\d+)\)")


def kill_at_some_moment(lab, command, random_source, least):
    """Starts it, kills it after a random number of steps, `least` or more, and a random pause, and says how many rounds had ended
    by then at least."""
    running = lab.start(*command, "--progress", "on", "--title", "Killed", stdout=subprocess.DEVNULL)
    wanted = random_source.randrange(least, 60)
    seen = b""
    while running.poll() is None:
        seen += os.read(running.stderr.fileno(), 4096)
        steps = [int(found[1]) for found in STEP.finditer(seen)]
        if steps and steps[-1] >= wanted:
            break
    time.sleep(random_source.random() * 0.01)
    assert running.poll() is None, f"it ended too soon: {seen[-2000:]!r}"
    os.kill(running.pid, signal.SIGKILL)
    _, rest = running.communicate(timeout=60)
    while processes_of_session(running.pid):
        time.sleep(0.001)  # rounds die with their parent, a moment later
    return max(int(found[1]) for found in STEP.finditer(seen + rest)) - 1


def test_a_bench_that_is_killed_at_any_moment_leaves_every_finished_round_in_a_notebook_that_loads(photos):
    random_source = random.Random(6)
    command = ("bench", "photos", "--scale", "50%", "--rounds", "1000", "--modes", "blocking,threads,multiprocessing")
    for kill in range(1, 13):
        ended = kill_at_some_moment(photos, command, random_source, 3) - 1  # the warm-up is no round
        listed = plainly(photos, "notebook")
        assert len(listed.stdout.splitlines()) == 1 + kill and listed.stderr == ""
        assert "(interrupted)" in listed.stdout.splitlines()[kill]
        run = run_file(photos, kill)
        turns = run["order"]
        assert run["ended"] == "not_yet" and len(turns) >= ended
        kept = sum(len(mode["rounds"]) for mode in run["modes"].values()) + len(run["control_rounds"])
        assert kept == len(turns), "each with its time"
        assert "interrupted" in plainly(photos, "notebook", "show", str(kill)).stdout
    plainly(photos, "notebook", "render")
    page = (notebook_of(photos) / "NOTEBOOK.md").read_text(encoding="utf-8")
    assert page.count("\n - interrupted\n") == 12
    # What the dead have left beside the runs goes when the next one is added.
    plainly(photos, "bench", "photos", *QUICK, "--title", "Afterwards")
    assert sorted(os.listdir(notebook_of(photos) / "runs")) == [f"{number:04}.json" for number in range(1, 14)]


def test_a_sweep_that_is_killed_leaves_every_finished_round_too(photos):
    random_source = random.Random(7)
    grid = ("--sources", "1x,2x", "--workers", "1,2", "--scale", "50%", "--rounds", "500", "--modes", "blocking,threads")
    for kill in range(1, 5):
        # Two warm-ups, and then a whole block, so that every point has a round.
        ended = kill_at_some_moment(photos, ("sweep", "photos", *grid), random_source, 12) - 2
        run = run_file(photos, kill)
        assert len(run["turns"]) >= ended and run["ended"] == "not_yet"
        assert "interrupted" in plainly(photos, "notebook", "show", str(kill)).stdout
    plainly(photos, "notebook", "render")
    page = (notebook_of(photos) / "NOTEBOOK.md").read_text(encoding="utf-8")
    assert page.count("3 sources at 1x, 1 worker\nRunning in blocking mode took ") == 4


def test_ctrl_c_leaves_a_run_that_says_so(photos):
    running = photos.start("bench", "photos", "--rounds", "1000", *QUICK[:2], "--title", "Stopped")
    while running.poll() is None and not (notebook_of(photos) / "runs/0001.json").exists():
        time.sleep(0.001)
    os.kill(running.pid, signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == 130
    assert run_file(photos, 1)["ended"] == "cancelled"
    assert "(interrupted)" in notebook(photos).stdout
    assert "# Run 1 - Stopped\n" in (notebook_of(photos) / "NOTEBOOK.md").read_text(encoding="utf-8")


def test_benches_at_once_get_a_number_each_and_all_are_on_the_page(photos):
    titles = [f"At once {number}" for number in range(5)]
    running = [photos.start("bench", "photos", *QUICK, "--title", title) for title in titles]
    outcomes = [process.communicate(timeout=240) for process in running]
    assert [process.returncode for process in running] == [0] * 5, outcomes
    said = sorted(int(re.search(rb"^Run (\d+) of ", stdout, re.M)[1]) for stdout, _ in outcomes)
    assert said == [1, 2, 3, 4, 5]
    assert {run_file(photos, number)["notebook"]["title"] for number in said} == set(titles)
    page = (notebook_of(photos) / "NOTEBOOK.md").read_text(encoding="utf-8")
    assert all(page.count(f" - {title}\n") == 1 for title in titles)
    assert re.findall(r"^# Run (\d+)", page, re.M) == ["1", "2", "3", "4", "5"]


def test_a_run_that_goes_on_is_listed_as_such_and_takes_notes(photos):
    running = photos.start("bench", "photos", "--rounds", "1000", *QUICK[:2], "--title", "Long")
    path = notebook_of(photos) / "runs/0001.json"
    try:
        while running.poll() is None and not path.exists():
            time.sleep(0.001)
        assert "(going on)" in plainly(photos, "notebook").stdout
        plainly(photos, "notebook", "note", "1", "Meanwhile.")
    finally:
        os.kill(running.pid, signal.SIGINT)
        running.communicate(timeout=60)
    assert notebook(photos, "show", "1").stdout.endswith("\nNote: Meanwhile.\n")


def test_a_list_of_a_thousand_runs_reads_the_beginning_of_each(photos):
    """The rest of each file is a hole of 64 MB: whoever reads that does not end."""
    bench(photos, "--title", "Of a thousand")
    path = notebook_of(photos) / "runs/0001.json"
    head, _, _ = path.read_bytes().partition(b'\n  "modes": ')
    for number in range(1, 1001):
        with open(path.with_name(f"{number:04}.json"), "wb") as file:
            file.write(head + b'\n  "modes": ')
            file.seek(64 << 20)
            file.write(b"}\n")
    assert len(notebook(photos, writes=[notebook_of(photos)]).stdout.splitlines()) == 1001
    notebook(photos, "render", writes=[notebook_of(photos)])
    page = (notebook_of(photos) / "NOTEBOOK.md").read_text(encoding="utf-8")
    assert page.count("# Run ") == 1000 and page.count("Running in threads mode took ") == 1000


@pytest.mark.parametrize("version", sorted(os.listdir(STORED)))
def test_a_notebook_of_every_earlier_version_loads(lab, version):
    """Each folder was written by that version: a bench, a sweep, a bench that was killed, and a note."""
    shutil.copytree(STORED / version, notebook_of(lab))
    lines = notebook(lab, "list").stdout.splitlines()
    assert len(lines) == 4
    assert re.search(r" bench +4 .* threads 0\.\d\d s.* 2  Stored bench$", lines[1]), lines
    assert re.search(r" sweep +4 .* Stored sweep$", lines[2])
    assert lines[3].endswith("Stored and killed") and "(interrupted)" in lines[3]
    notebook(lab, "render", writes=[notebook_of(lab)])
    page = (notebook_of(lab) / "NOTEBOOK.md").read_text(encoding="utf-8")
    assert "## Notes\nThe first note.\n\nA later note.\n" in page
    run = run_file(lab, 1)
    for mode, seconds in run["summary"].items():
        line = f"Running in {mode} mode took {seconds:.2f} seconds"
        assert line in notebook(lab, "show", "1").stdout and line in page
    assert "Amdahl" in notebook(lab, "show", "2").stdout
    assert "Running in blocking" in notebook(lab, "show", "3").stdout
    assert "run 1, s" in notebook(lab, "compare", "1", "3").stdout
    assert "threads" in lab.run("predict", "labday-notebook/runs/0001.json", "--cores", "2", "--workers", "2").stdout


def on_a_terminal(lab, columns, environment, *arguments):
    """What a terminal of that width gets."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    running = lab.start(*arguments, stdout=child, env=lab.environment() | environment)
    os.close(child)
    shown = b""
    while True:
        try:
            piece = os.read(parent, 65536)
        except OSError:  # all other ends are closed
            break
        if not piece:
            break
        shown += piece
    running.communicate(timeout=60)
    os.close(parent)
    return shown.decode("utf-8").replace("\r\n", "\n")


LEGEND = "▓░ 95 %"  # over the bars
BAR = re.compile("[█▉▊▋▌▍▎▏▓░]")


@pytest.mark.parametrize("number", ["1", "3"])
@pytest.mark.parametrize("columns", [60, 90, 220])
def test_a_terminal_gets_bars_and_a_pipe_does_not(kept, number, columns):
    show = ("notebook", "show", number)
    piped = kept.run(*show).stdout
    assert not BAR.search(piped)
    coloured = on_a_terminal(kept, columns, {}, *show)
    assert LEGEND in coloured and "\x1b[32m" in coloured
    plain = on_a_terminal(kept, columns, {"NO_COLOR": "1"}, *show)
    assert LEGEND in plain and "\x1b" not in plain
    assert re.sub(r"\x1b\[\d*m", "", coloured) == plain
    bars = [line for line in plain.splitlines() if BAR.search(line) and LEGEND not in line]
    assert len(bars) == (2 if number == "1" else 8)
    assert all(len(line) <= columns for line in bars), bars
    # All that a pipe gets is there, in its order, with a bar behind some of the lines.
    shown = iter(plain.splitlines())
    assert all(any(line.startswith(wanted) for line in shown) for wanted in piped.splitlines())


def test_bench_and_sweep_draw_bars_themselves(photos):
    assert LEGEND in on_a_terminal(photos, 90, {}, "bench", "photos", *QUICK, "--progress", "off")
    assert LEGEND in on_a_terminal(photos, 90, {}, "sweep", "photos", *QUICK, "--workers", "1,2", "--progress", "off")
    assert LEGEND not in on_a_terminal(photos, 90, {}, "bench", "photos", *QUICK, "--progress", "off", "--quiet")
