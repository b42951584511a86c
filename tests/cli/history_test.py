"""What labday remembers of bench and sweep, and how `resize --mode auto` chooses by it."""

import json
import re

import pytest

from pictures import photo, save

QUICK = ("--scale", "50%,120%")


@pytest.fixture
def remembering(photos):
    """A lab whose labday remembers, in cache/ of the lab."""
    known = photos.environment()
    del known["LABDAY_HISTORY"]
    known["XDG_CACHE_HOME"] = str(photos.root / "cache")
    photos.environment = lambda: known
    photos.history = photos.root / "cache" / "labday" / "history.json"
    (photos.root / "cache").mkdir()
    return photos


def bench(lab, *arguments, **options):
    modes = ("--modes", "blocking,threads", "--rounds", "4")
    return lab.run("bench", "photos", *QUICK, *modes, *arguments, writes=[lab.tmp, lab.root / "cache"], **options)


def chosen(lab, *arguments):
    outcome = lab.resize(*QUICK, "--on-exists", "replace", *arguments)
    found = re.search(r"^Chosen: (\S+) — (.*)\.$", outcome.stdout, re.M)
    assert found, outcome
    return found[1], found[2]


def rewrite(lab, change):
    """Changes the only entry of the history."""
    history = json.loads(lab.history.read_text(encoding="utf-8"))
    (entry,) = history["entries"]
    change(entry)
    lab.history.write_text(json.dumps(history), encoding="utf-8")


def make_fastest(name):
    def change(entry):
        names = {"blocking", "threads", name}
        entry["modes"] = {
            mode: {
                "mean_seconds": 1.0 if mode == name else 2.0,
                "ratio": 0.5 if mode == name else 1.0,
                "ratio_interval": [0.45, 0.55],
                "place": 1 if mode == name else 2,
            }
            for mode in names
        }

    return change


def test_without_a_history_the_simple_rule_is_said_to_be_it(remembering):
    mode, why = chosen(remembering, "--workers", "2")
    assert mode == "threads" and "simple rule for 2 workers" in why
    mode, why = chosen(remembering, "--workers", "1")
    assert mode == "blocking" and "simple rule for 1 worker" in why
    assert not remembering.history.exists(), "resize remembers nothing"


def test_a_mode_that_the_user_names_is_taken_without_a_word(remembering):
    assert "Chosen" not in remembering.resize(*QUICK, "--mode", "threads").stdout


def test_the_fastest_mode_of_an_earlier_bench_is_chosen_and_executes_the_job(remembering):
    bench(remembering, "--workers", "2")
    entries = json.loads(remembering.history.read_text(encoding="utf-8"))["entries"]
    assert len(entries) == 1 and entries[0]["command"] == "bench" and entries[0]["sources"] == 3
    rewrite(remembering, make_fastest("multiprocessing-pool"))
    path = remembering.root / "run.json"
    outcome = remembering.resize(*QUICK, "--workers", "2", "--json", "run.json", writes=[path])
    assert outcome.stdout.startswith(
        "Chosen: multiprocessing-pool — fastest of 3 modes in an earlier bench of 3 sources like these (0.50 of "
        "blocking, 95 % 0.45 – 0.55).\n"
    )
    assert "in multiprocessing-pool mode with 2 workers" in outcome.stdout
    run = json.loads(path.read_text(encoding="utf-8"))
    assert run["mode"] == "multiprocessing-pool"
    assert run["mode_choice"] == outcome.stdout.splitlines()[0]


def test_a_sweep_is_remembered_point_by_point(remembering):
    remembering.run(
        "sweep",
        "photos",
        *QUICK,
        *("--workers", "1,2", "--sources", "1x,2x", "--modes", "blocking,threads", "--rounds", "3"),
        writes=[remembering.tmp, remembering.root / "cache"],
    )
    entries = json.loads(remembering.history.read_text(encoding="utf-8"))["entries"]
    assert [(e["sources"], e["workers"]) for e in entries] == [(3, 1), (3, 2), (6, 1), (6, 2)]
    assert "earlier sweep of 3 sources" in chosen(remembering, "--workers", "2")[1]


@pytest.mark.parametrize(
    "key, value", [("cores", 4096), ("cpu_model", "another"), ("workers", 3), ("source_bytes", 10**9), ("grain", "auto")]
)
def test_other_machines_and_jobs_say_nothing(remembering, key, value):
    bench(remembering, "--workers", "2")
    rewrite(remembering, make_fastest("async"))
    assert chosen(remembering, "--workers", "2")[0] == "async"
    rewrite(remembering, lambda entry: entry.update({key: value}))
    mode, why = chosen(remembering, "--workers", "2")
    assert mode == "threads" and "no earlier bench or sweep" in why


def test_another_png_level_is_another_job(remembering):
    bench(remembering, "--workers", "2")
    rewrite(remembering, make_fastest("async"))
    assert chosen(remembering, "--workers", "2", "--png", "fast")[0] == "threads"


def test_a_mode_that_is_unknown_here_or_has_more_workers_than_asked_is_passed_over(remembering):
    bench(remembering, "--workers", "2")
    for mode in ("unheard-of", "threads:workers=3"):
        rewrite(remembering, make_fastest(mode))
        assert "simple rule" in chosen(remembering, "--workers", "2")[1], mode


@pytest.mark.parametrize("content", [b"", b'{\n  "schema": "labday.history/1",\n  "entries": [', b'{"schema": "labday.history/1"}'])
def test_a_damaged_history_is_said_so_and_does_no_harm_and_is_replaced(remembering, content):
    remembering.history.parent.mkdir()
    remembering.history.write_bytes(content)
    outcome = remembering.resize(*QUICK, "--workers", "2")
    assert "history.json holds no history of experiments" in outcome.stderr
    assert "Chosen: threads — by the simple rule" in outcome.stdout
    bench(remembering, "--workers", "2")
    assert len(json.loads(remembering.history.read_text(encoding="utf-8"))["entries"]) == 1


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b"\xff\xd8\xff\xe0", b"my notes", b'{"schema": "labday.history/9", "entries": []}']
)
def test_a_file_of_another_program_or_a_later_labday_is_said_so_and_left_alone(remembering, content):
    mine = remembering.root / "mine"
    mine.write_bytes(content)
    remembering.environment()["LABDAY_HISTORY"] = str(mine)
    outcome = bench(remembering, "--workers", "2")
    assert outcome.stderr.count(f"labday: note: {mine} is left alone") == 1 and "remove it" in outcome.stderr
    assert mine.read_bytes() == content
    outcome = remembering.resize(*QUICK, "--workers", "2")
    assert outcome.stderr.count(f"{mine} holds no history of experiments") == 1
    assert mine.read_bytes() == content


def test_the_flag_and_the_variable_leave_the_history_alone(remembering):
    bench(remembering, "--workers", "2", "--no-history")
    assert not remembering.history.exists()
    bench(remembering, "--workers", "2")
    rewrite(remembering, make_fastest("async"))
    mode, why = chosen(remembering, "--workers", "2", "--no-history")
    assert mode == "threads" and "not looked at" in why
    remembering.environment()["LABDAY_HISTORY"] = "off"
    assert chosen(remembering, "--workers", "2")[0] == "threads"
    remembering.environment()["LABDAY_HISTORY"] = str(remembering.history)
    assert chosen(remembering, "--workers", "2")[0] == "async"


def test_where_it_cannot_be_kept_the_bench_succeeds_all_the_same(remembering):
    (remembering.root / "cache" / "labday").write_text("in the way")
    outcome = bench(remembering, "--workers", "2")
    assert "is not remembered" in outcome.stderr


def test_the_same_bench_again_replaces_what_was_remembered(remembering):
    bench(remembering, "--workers", "2")
    bench(remembering, "--workers", "2")
    save(photo(80, 60), remembering.photos / "more.jpg")
    bench(remembering, "--workers", "2")
    entries = json.loads(remembering.history.read_text(encoding="utf-8"))["entries"]
    assert [entry["sources"] for entry in entries] == [3, 4]
