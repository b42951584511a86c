"""Every mode, worker count and grain writes the same files; and what is said of modes."""

import json

import pytest

from pictures import photo, save


@pytest.fixture
def varied(lab):
    for number, mode in enumerate(["RGB", "L", "RGBA", "LA", "P", "1"]):
        save(photo(50 + 13 * number, 41, mode), lab.photos / f"{mode}.png")
    for number in range(4):
        save(photo(200 - number, 99, seed=number), lab.photos / "more" / f"{number}.jpg")
    (lab.photos / "bad.jpg").write_text("no picture")
    return lab


def test_all_modes_grains_and_worker_counts_write_the_same_bytes(varied):
    varied.resize("--mode", "blocking", status=1)
    expected = varied.bytes_of_outputs()
    assert len(expected) == 50
    ways = [("--mode", "auto")]
    ways += [("--mode", "blocking", "--grain", grain) for grain in ("source", "rendition", "auto")]
    ways += [
        ("--mode", mode, "--grain", grain, "-j", workers)
        for mode in ("threads", "async", "async:io=threads")
        for grain in ("source", "rendition", "auto")
        for workers in (1, 2, 5)
    ]
    ways += [("--mode", "threads:workers=3"), ("--mode", "threads", "--workers", "16")]
    for number, way in enumerate(ways):
        folder = varied.root / f"out{number}"
        varied.run("resize", "photos", "-o", folder, *way, status=1, writes=[folder])
        assert varied.bytes_of_outputs(folder) == expected, way


@pytest.mark.parametrize("level", ["fast", "balanced", "small"])
def test_the_modes_agree_at_every_png_level(varied, level):
    for mode in ("blocking", "threads"):
        varied.run(
            "resize",
            "photos",
            "-o",
            f"out/{mode}",
            "--png",
            level,
            "--mode",
            mode,
            "--scale",
            "70%",
            status=1,
        )
    assert varied.bytes_of_outputs(varied.out / "blocking") == varied.bytes_of_outputs(varied.out / "threads")


def test_a_mode_of_one_worker_says_so_however_many_are_asked_for(lab):
    save(photo(20, 10), lab.photos / "a.png")
    outcome = lab.resize("--scale", "50%", "--mode", "blocking", "-j", "5", "--log-json", "log.jsonl",
                         writes=[lab.out, lab.root / "log.jsonl"])
    assert "in blocking mode with 1 worker." in outcome.stdout
    begun = json.loads((lab.root / "log.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert begun["event"] == "job_start" and begun["workers"] == 1


def test_one_source_is_done_alike_by_many_workers(lab):
    save(photo(300, 200), lab.photos / "only.jpg")
    lab.run("resize", "photos", "-o", "out/one", "--mode", "blocking")
    lab.run("resize", "photos", "-o", "out/many", "--mode", "threads", "-j", "8")
    assert lab.bytes_of_outputs(lab.out / "one") == lab.bytes_of_outputs(lab.out / "many")


def test_the_mode_that_auto_stands_for_is_printed(photos):
    outcome = photos.resize("--scale", "50%")
    assert "threads" in outcome.stdout or "blocking" in outcome.stdout


@pytest.mark.parametrize(
    "mode",
    [
        "nonsense",
        "Threads",
        "",
        "threads:",
        "threads:bogus=1",
        "threads:workers=0",
        "threads:workers=-1",
        "threads:workers=many",
        "threads:workers",
        "blocking:workers=2",
        "threads:workers=2,workers=3",
        "async:io=disk",
        "async:inflight=0",
        "async:inflight=many",
    ],
)
def test_a_mode_that_is_not_understood_is_refused(photos, mode):
    assert photos.resize(f"--mode={mode}", status=2).stderr != ""
    assert not photos.out.exists()


def test_an_unknown_mode_is_answered_with_those_there_are(photos):
    for arguments in (
        ("resize", "photos", "-o", "out", "--mode", "warp"),
        ("bench", "photos", "--modes", "blocking,warp"),
    ):
        outcome = photos.run(*arguments, status=2)
        assert "warp" in outcome.stderr and "blocking" in outcome.stderr and "threads" in outcome.stderr


def test_async_says_who_does_its_file_io(photos):
    outcome = photos.resize("--scale", "50%", "--mode", "async:io=threads,inflight=3")
    assert "file I/O by 3 threads" in outcome.stdout
    photos.run("resize", "photos", "-o", "other", "--mode", "async", "--json", "r.json", writes=[photos.root / "other", photos.root / "r.json"])
    assert json.loads((photos.root / "r.json").read_text())["note"].startswith("file I/O by ")
    photos.run("bench", "photos", "--modes", "blocking,async:io=threads", "--rounds", "1", "--json", "b.json", writes=[photos.tmp, photos.root / "b.json"])
    modes = json.loads((photos.root / "b.json").read_text())["modes"]
    assert modes["async:io=threads"]["note"].startswith("file I/O by ") and modes["blocking"]["note"] == ""


@pytest.mark.parametrize("workers", ["0", "-1", "abc", "1.5", ""])
def test_a_worker_count_that_is_no_whole_number_above_zero_is_refused(photos, workers):
    assert photos.resize(f"--workers={workers}", status=2).stderr != ""
    assert not photos.out.exists()


def test_modes_lists_every_mode_with_its_parameters(lab):
    outcome = lab.run("modes")
    assert "blocking" in outcome.stdout and "threads" in outcome.stdout and "workers" in outcome.stdout
    assert outcome.stderr == ""


def test_modes_can_be_had_as_json(lab):
    printed = json.loads(lab.run("modes", "--json", "-").stdout)
    lab.run("modes", "--json", "modes.json", writes=[lab.root / "modes.json"])
    assert json.loads((lab.root / "modes.json").read_text()) == printed
    modes = {mode["name"]: mode for mode in printed["modes"]}
    assert {"blocking", "threads"} <= modes.keys()
    assert any(parameter["name"] == "workers" for parameter in modes["threads"]["parameters"])
