"""`labday predict`: what a run of bench tells of other workers, sources and cores."""

import json

import pytest

from cli_lab import Lab
from pictures import photo, save


@pytest.fixture(scope="module")
def recorded(binary, tmp_path_factory):
    """A lab with run.json, of one worker; tests only read it."""
    lab = Lab(binary, tmp_path_factory.mktemp("recorded"))
    for number in range(8):
        save(photo(200, 150, seed=number), lab.photos / f"{number}.png")
    lab.run(
        "bench", "photos", "-j", "1", "--rounds", "2", "--json", "run.json", writes=[lab.tmp, lab.root / "run.json"]
    )
    return lab


def predict(lab, *arguments, **options):
    return lab.run("predict", "run.json", *arguments, **options)


def predicted(lab, *arguments):
    return json.loads(predict(lab, *arguments, "--json", "-").stdout)["modes"]


def test_it_says_of_every_mode_of_the_run_how_long_it_would_take(recorded):
    run = json.loads((recorded.root / "run.json").read_text(encoding="utf-8"))
    lines = predict(recorded, "--workers", "2", "--cores", "2").stdout.splitlines()
    assert lines[0] == "Predicted for 8 sources on 2 cores:"
    for mode in run["planned_modes"]:
        assert any(line.startswith(f"{mode} ") for line in lines), mode
    assert any(line.startswith("Not known") for line in lines)


def test_two_workers_take_half_the_time_unless_joins_serialise_them(recorded):
    one = predicted(recorded)
    two = predicted(recorded, "--workers", "2", "--cores", "2")
    for mode in ("threads", "async"):
        assert two[mode]["seconds"] == pytest.approx(one[mode]["seconds"] / 2, rel=0.2), mode
    for mode in ("blocking", "multiprocessing:join=each"):
        assert two[mode]["seconds"] == pytest.approx(one[mode]["seconds"], rel=0.01), mode


def test_a_million_sources_on_sixty_four_cores_are_a_matter_of_seconds(recorded):
    of = predicted(recorded, "--workers", "64", "--cores", "64", "--sources", "1000000", "--modes", "threads")["threads"]
    one = predicted(recorded, "--modes", "threads")["threads"]
    assert of["sources"] == 1_000_000
    assert of["seconds"] == pytest.approx(one["seconds"] / 8 * 1e6 / 64, rel=0.5)
    low, high = of["interval_seconds"]
    assert low <= of["seconds"] <= high


def test_storage_that_is_stated_limits_all_workers(recorded):
    free = predicted(recorded, "--workers", "64", "--cores", "64", "--modes", "threads", "--sources", "1000")
    held = predicted(
        recorded, "--workers", "64", "--cores", "64", "--modes", "threads", "--sources", "1000", "--storage-bandwidth", "1"
    )
    assert held["threads"]["limited_by"] == "storage"
    assert held["threads"]["seconds"] > 2 * free["threads"]["seconds"]


def test_a_mode_that_was_not_recorded_borrows_tasks_and_says_so(recorded):
    of = predicted(recorded, "--modes", "multiprocessing-pool:chunk=4")["multiprocessing-pool:chunk=4"]
    assert of["replayed"] == "blocking"
    assert "stand in" in of["unknown"][0]


@pytest.mark.parametrize(
    "arguments",
    [("run.json", "--workers", "0"), ("run.json", "--modes", "no-such-mode"), ("missing.json",), ("photos/0.png",), ()],
)
def test_what_makes_no_sense_is_refused(recorded, arguments):
    outcome = recorded.run("predict", *arguments, status=2)
    assert outcome.stderr


def test_a_folder_in_place_of_a_run_is_refused_with_a_remedy_that_fits(recorded):
    for arguments in (("predict", "photos"), ("trace", "photos", "-o", "t.json"), ("report", "photos", "-o", "r.html")):
        outcome = recorded.run(*arguments, status=2)
        assert "Name the JSON file that --json wrote, or the number of a run" in outcome.stderr, arguments


def test_a_usage_error_names_the_help_of_the_command(recorded):
    assert "See labday predict --help." in predict(recorded, "--modes", "no-such-mode", status=2).stderr


def test_a_run_without_records_is_refused_by_name(recorded):
    run = json.loads((recorded.root / "run.json").read_text(encoding="utf-8"))
    for of in run["modes"].values():
        for one in of["rounds"]:
            one["record"] = None
    bare = recorded.out
    bare.mkdir(exist_ok=True)
    (bare / "bare.json").write_text(json.dumps(run))
    outcome = recorded.run("predict", "out/bare.json", status=2)
    assert "out/bare.json" in outcome.stderr and "no records" in outcome.stderr
