"""Files that an option names are written over nothing that somebody may want to keep: `--json`, `--log-json`,
`--failed-list`, and `-o FILE` of report and trace."""

import json
import os
import subprocess

import pytest

from cli_lab import Lab
from pictures import photo, save

SCALE = ("--scale", "50%")
ONE_ROUND = ("--rounds", "1", "--modes", "blocking")
RESIZE = ("resize", "photos", "-o", "out", *SCALE)
WRITERS = [
    (RESIZE, "--json"),
    (RESIZE, "--log-json"),
    (RESIZE, "--failed-list"),
    (("bench", "photos", *SCALE, *ONE_ROUND), "--json"),
    (("sweep", "photos", *SCALE, *ONE_ROUND, "--fresh"), "--json"),
    (("modes",), "--json"),
    (("predict", "run.json"), "--json"),
    (("trace", "run.json"), "-o"),
    (("report", "run.json"), "-o"),
]


@pytest.fixture(scope="module")
def run_text(binary, tmp_path_factory):
    """The JSON of a bench."""
    lab = Lab(binary, tmp_path_factory.mktemp("run"))
    save(photo(20, 10), lab.photos / "a.jpg")
    path = lab.root / "run.json"
    lab.run("bench", "photos", *SCALE, *ONE_ROUND, "--json", path, writes=[lab.tmp, path])
    return path.read_text(encoding="utf-8")


@pytest.fixture
def recorded(photos, run_text):
    (photos.root / "run.json").write_text(run_text, encoding="utf-8")
    return photos


def refused(lab, *arguments, about, says):
    """Nothing in the lab changes, the output folder included."""
    outcome = lab.run(*arguments, status=2)
    assert not lab.out.exists()
    if "no page for a report" in outcome.stderr:
        pytest.skip("this labday has no page")
    assert says in outcome.error_for(about)["detail"], outcome


@pytest.mark.parametrize("name", ["photos/beach.jpg", "photos/city.png", "link.jpg", "another-name.jpg"])
@pytest.mark.parametrize("command, option", WRITERS)
def test_no_image_is_written_over(recorded, command, option, name):
    (recorded.root / "link.jpg").symlink_to("photos/beach.jpg")
    os.link(recorded.photos / "beach.jpg", recorded.root / "another-name.jpg")
    refused(recorded, *command, option, name, about=name, says="which would be lost: give " + option)


@pytest.mark.parametrize("option", ["--json", "--log-json", "--failed-list"])
def test_a_source_is_kept_whatever_it_holds(photos, option):
    (photos.photos / "odd.jpg").write_text("{")
    (photos.root / "link").symlink_to("photos/odd.jpg")
    for name in ("photos/odd.jpg", "link"):
        refused(photos, *RESIZE, option, name, about=name, says="this is the source photos/odd.jpg")


@pytest.mark.parametrize("option", ["--json", "--log-json", "--failed-list"])
def test_what_names_the_sources_is_kept(photos, option):
    listed = photos.root / "list"
    listed.write_text("photos/city.png\n")
    (photos.root / "lists").write_text("@list\n")
    (photos.root / "link").symlink_to("list")
    for name in ("list", "link"):
        refused(photos, "resize", "--manifest", "list", "-o", "out", option, name, about=name,
                says="this is the manifest, which would be lost")  # fmt: skip
    if option == "--json":
        return  # which replaces JSON only
    for name in ("list", "lists"):
        refused(photos, "resize", "@lists", "-o", "out", option, name, about=name,
                says="this is a list of the sources, which would be lost")  # fmt: skip


def test_the_file_that_a_failed_list_is_first_is_asked_about_too(photos):
    (photos.root / "list.partial").write_text("photos/city.png\n")
    refused(photos, "resize", "--manifest", "list.partial", "-o", "out", "--failed-list", "list",
            about="list.partial", says="this is the manifest")  # fmt: skip
    refused(photos, *RESIZE, "--json", "new.partial", "--failed-list", "new", about="new.partial",
            says="--json and --failed-list would both write there")  # fmt: skip


@pytest.mark.parametrize("first, second", [("--json", "--log-json"), ("--json", "--failed-list"), ("--log-json", "--failed-list")])
def test_two_options_do_not_write_one_file(photos, first, second):
    says = f"{first} and {second} would both write there"
    (photos.root / "folder").symlink_to(".")
    for name in ("same", "./same", "folder/same"):
        refused(photos, *RESIZE, first, "same", second, name, about=name, says=says)
    there = photos.root / "there"
    there.write_text("")
    (photos.root / "link").symlink_to("there")
    refused(photos, *RESIZE, first, "there", second, "link", about="link", says=says)


@pytest.mark.parametrize("option", ["--json", "--log-json", "--failed-list"])
def test_a_file_in_the_place_of_the_output_folder_is_refused(photos, option):
    refused(photos, *RESIZE, option, "out", about="out", says=f"-o and {option} would both write there")


@pytest.mark.parametrize("option", ["--json", "--log-json", "--failed-list"])
def test_the_place_of_a_rendition_is_kept_for_it(photos, option):
    (photos.root / "list").write_text("photos/city.png\n")
    photos.out.mkdir()
    for sources in (("photos",), ("--manifest", "list")):
        outcome = photos.run("resize", *sources, "-o", "./out", *SCALE, option, "out/city-50.png", status=2)
        assert "the place of a rendition, which would be lost" in outcome.error_for("out/city-50.png")["detail"]
        assert photos.outputs() == []


@pytest.mark.parametrize("command", [("trace", "run.json", "-o"), ("report", "run.json", "-o"), ("predict", "run.json", "--json")])
def test_the_run_that_is_read_is_kept(recorded, command):
    (recorded.root / "link.json").symlink_to("run.json")
    for name in ("run.json", "./run.json", "link.json"):
        refused(recorded, *command, name, about=name, says="this is the run itself, which would be lost")


@pytest.mark.parametrize("command, option", [writer for writer in WRITERS if writer[1] in ("--json", "-o")])
def test_what_is_there_is_replaced_by_its_like_only(recorded, command, option):
    target = recorded.root / "there"
    target.write_text("my notes\n")
    refused(recorded, *command, option, "there", about="there", says="it is there already and is no ")
    for content in ("", "<!DOCTYPE html>\n<html>" if command[0] == "report" else "{}\n"):
        target.write_text(content)
        again = ("--on-exists", "replace") if command is RESIZE else ()
        recorded.run(*command, *again, option, "there", writes=[target, recorded.tmp])
        assert len(target.read_text(encoding="utf-8")) > 100


def test_a_failed_list_that_is_there_stays_where_nothing_is_started(photos):
    listed = photos.root / "failed.txt"
    listed.write_text("photos/of an earlier run.jpg\n")
    outcome = photos.run("resize", "photos", "-o", "out", "--width", "1000000000", "--max-rendition-pixels",
                         str(10**18), "--failed-list", "failed.txt", status=2)  # fmt: skip
    assert "are free" in outcome.stderr
    photos.run(*RESIZE, "--failed-list", "failed.txt", writes=[listed])
    assert listed.read_text() == ""


def test_streams_are_written_to_as_before(photos):
    outcome = photos.run(*RESIZE, "--json", "/dev/null", "--log-json", "/dev/null", "--failed-list", "/dev/null")
    assert outcome.stderr == "" and os.path.exists("/dev/null") and not os.path.isfile("/dev/null")
    again = (*RESIZE, "--on-exists", "replace")
    assert json.loads(photos.run(*again, "--quiet", "--json", "/dev/stdout").stdout)["renditions"]["done"] == 3
    with open(photos.root / "appended.txt", "w", encoding="utf-8") as file:
        file.write("mine\n")
        file.flush()
        photos.run(*again, "--quiet", "--log-json", "/dev/stdout", stdout=file, writes=[photos.root / "appended.txt"])
    assert (photos.root / "appended.txt").read_text(encoding="utf-8").startswith('mine\n{"event":"job_start"')
    os.mkfifo(photos.root / "pipe")
    with subprocess.Popen(["cat", "pipe"], cwd=photos.root, stdout=subprocess.PIPE) as reader:
        (photos.photos / "bad.jpg").write_text("no picture")
        photos.run(*again, "--failed-list", "pipe", status=1)
        assert reader.communicate(timeout=60)[0] == b"photos/bad.jpg\n"
    assert not (photos.root / "pipe.partial").exists()


def test_a_dry_run_writes_neither_log_nor_list(photos):
    photos.run(*RESIZE, "--dry-run", "--log-json", "log", "--failed-list", "list")
