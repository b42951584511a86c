"""The comparison with other tools: that it gives everyone labday's job, and that its picture can be read."""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import png_maker
import pytest
from PIL import Image

from lib import execution, job, pixels, rounds, tables
from peers import contestants, picture, record


def write_pngs(folder):
    """The kinds of PNG that nobody resizes as they are stored, and what each is resized as."""
    gradient = Image.linear_gradient("L")
    grey, one_bit = gradient.resize((9, 7)), gradient.resize((9, 7)).convert("1")
    # Two samples that differ in the low byte only: one of them is transparent in a file below.
    sixteen_bits = Image.new("I", (6, 4), 0x8180)
    sixteen_bits.paste(0x8181, (0, 0, 3, 2))
    colour = Image.merge("RGB", (grey, grey, grey.transpose(Image.Transpose.ROTATE_180)))
    for name, picture, options in [
        ("one bit, L", one_bit, {}),
        ("one bit with a key, LA", one_bit, {"transparency": 1}),
        ("16 bits, L", sixteen_bits, {}),
        ("16 bits with a key, LA", sixteen_bits, {"transparency": 0x8181}),
        ("grey with a key, LA", grey, {"transparency": grey.getpixel((4, 3))}),
        ("colour with a key, RGBA", colour, {"transparency": colour.getpixel((4, 3))}),
        ("palette, RGB", grey.convert("P"), {}),
        ("palette with alpha, RGBA", grey.convert("P"), {"transparency": bytes(range(0, 250, 5))}),
    ]:
        picture.save(folder / f"{name}.png", **options)
    # What Pillow does not write.
    for name, depth, kind, transparent in [
        ("two bits with a key, LA", 2, png_maker.GREY, 2),
        ("four bits with a key, LA", 4, png_maker.GREY, 9),
        ("16 bits with alpha, LA", 16, png_maker.GREY_ALPHA, None),
        ("colour in 16 bits, RGB", 16, png_maker.COLOUR, None),
        ("colour in 16 bits with alpha, RGBA", 16, png_maker.COLOUR_ALPHA, None),
    ]:
        key = b"" if transparent is None else png_maker.chunk(b"tRNS", bytes([0, transparent]))
        (folder / f"{name}.png").write_bytes(png_maker.make_png(depth=depth, kind=kind, before=key))


@pytest.fixture
def folder(tmp_path):
    """Sources at the edges of the job's rules: odd sizes, every kind of PNG, a folder further down, names to be passed
    over."""
    photos = tmp_path / "photos"
    for name, mode, size in [("a b.JPG", "RGB", (31, 17)), ("trip/c.png", "P", (5, 1)), ("grey.png", "L", (33, 9))]:
        path = photos / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.linear_gradient("L").resize(size).convert(mode).save(path)
    Image.new("CMYK", (8, 8), (10, 20, 30, 40)).save(photos / "four inks.jpg")
    write_pngs(photos)
    (photos / ".hidden.jpg").write_bytes(b"not a picture")
    (photos / "notes.txt").write_bytes(b"not a picture")
    return photos


def labday_binary():
    return os.environ["LABDAY_BINARY"]


def executed(contestant, folder, output, scratch, cores=1):
    plan = job.plan(folder, pixels.describe)
    for path in (output, scratch):
        path.mkdir()
    run = contestants.Run(str(folder), plan, str(output), str(scratch), cores)
    usage = execution.timed(contestant.command(run), contestants.environment(cores), str(scratch / "log"))
    assert usage.seconds > 0
    return plan


@pytest.mark.parametrize("cores", [1, 2])
def test_pillow_and_labday_make_what_the_plan_says_with_the_same_pixels(folder, tmp_path, cores):
    pillow = next(c for c in contestants.pillow().contestants if c.setting == "default")
    plan = executed(pillow, folder, tmp_path / "pillow", tmp_path / "scratch-pillow", cores)
    assert pixels.mean_difference(tmp_path / "pillow", tmp_path / "pillow", plan) == 0
    for contestant in contestants.labday(labday_binary()).contestants:
        ours = tmp_path / contestant.setting
        executed(contestant, folder, ours, tmp_path / f"scratch-{contestant.setting}", cores)
        assert pixels.first_difference(tmp_path / "pillow", ours) is None
    written = {str(name) for name in pixels.files(tmp_path / "pillow")}
    assert written == {rendition["name"] for entry in plan for rendition in entry["renditions"]}
    assert job.raw_bytes(plan) == sum(
        len(Image.open(path).tobytes()) for path in pixels.files(tmp_path / "pillow").values()
    )


def test_every_kind_of_png_is_expanded_as_the_plan_says(tmp_path):
    write_pngs(tmp_path)
    for path in tmp_path.iterdir():
        channels = path.stem.rsplit(", ", 1)[1]
        assert pixels.describe(path)[1] == channels, path.name
        with Image.open(path) as picture:
            made = pixels.expanded(picture)
        assert made.mode == channels, path.name
        if "key" in path.name:
            assert set(made.getchannel("A").getdata()) == {0, 255}, path.name


def test_every_size_class_of_labday_is_one_of_those_that_can_be_asked_for():
    levels = {c.size_class for c in contestants.labday(labday_binary()).contestants}
    assert levels <= set(contestants.SIZE_CLASSES)


def test_another_pixel_and_a_missing_rendition_are_found(tmp_path):
    plan = [{"source": "a.jpg", "channels": "RGB", "renditions": [{"name": "a-120.png", "width": 2, "height": 1}]}]
    for name, colour in [("theirs", (0, 0, 0)), ("ours", (0, 0, 6))]:
        (tmp_path / name).mkdir()
        Image.new("RGB", (2, 1), colour).save(tmp_path / name / "a-120.png")
    assert pixels.mean_difference(tmp_path / "theirs", tmp_path / "ours", plan) == 2
    assert "a-120.png" in pixels.first_difference(tmp_path / "theirs", tmp_path / "ours")
    (tmp_path / "ours" / "a-120.png").unlink()
    with pytest.raises(ValueError, match="did not write a-120.png"):
        pixels.mean_difference(tmp_path / "theirs", tmp_path / "ours", plan)
    assert "other files" in pixels.first_difference(tmp_path / "theirs", tmp_path / "ours")


def test_a_tool_that_is_missing_is_named(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    found, missing = contestants.available(labday_binary())
    assert [tool.name for tool, _ in found][:2] == ["Pillow", "labday"]
    for name in ("sharp", "ImageMagick", "GraphicsMagick"):
        assert any(sentence.startswith(f"{name} is left out: there is no ") for sentence in missing)


def test_a_tool_that_does_not_start_is_named_with_the_line_that_says_why():
    words = "/lib/sharp.js:114\n  throw new Error(help);\n\nError: no binary\n    at sharp.js:114\n\nNode.js v18.20.4\n"
    assert contestants.reason(words) == "Error: no binary"
    assert contestants.reason("one\ntwo\n") == "two"
    assert contestants.reason("") == "it does not start"


PEERS = Path(contestants.__file__).parent


def script(path, *lines):
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    path.chmod(0o755)


@pytest.mark.parametrize("npm, node, words", [
    ("exit 0", "exit 0", []),
    # npm passes silently over a binary that is not for this Node.js.
    ("exit 0", "echo 'Error: no binary' >&2; exit 1", ["SHARP IS LEFT OUT", "Error: no binary"]),
    ("echo 'npm ERR! no network' >&2; exit 1", "exit 1", ["npm ERR! no network", "SHARP IS LEFT OUT"]),
    (None, None, ["npm ci failed", "SHARP IS LEFT OUT", "missing node"]),
])
def test_sharp_is_never_left_out_in_silence(tmp_path, npm, node, words):
    shutil.copy(PEERS / "install_sharp.sh", tmp_path)
    (tmp_path / "package-lock.json").touch()
    path = tmp_path / "path"
    path.mkdir()
    for program in ("bash", "sh", "dirname", "mktemp", "rm", "grep", "tail"):
        (path / program).symlink_to(shutil.which(program))
    for name, body in (("npm", npm), ("node", node)):
        if body is not None:
            script(path / name, body)
    done = subprocess.run(
        [tmp_path / "install_sharp.sh"], env={"PATH": str(path)}, capture_output=True, text=True, check=True)
    assert all(word in done.stderr for word in words), done.stderr
    assert words or not done.stderr


# In place of sharp. The first source is decoded at once, the second when all of the first is written, and a rendition
# of the second waits for another beside it. Says how many decoded sources there were at most.
STUB = """
import { writeFileSync } from "node:fs";
let ofFirst = 0, ofOthers = 0, alive = 0, most = 0, firstIsDone, twoAtOnce;
const first = new Promise((resolve) => { firstIsDone = resolve; });
const two = new Promise((resolve, reject) => {
  twoAtOnce = resolve;
  first.then(() => setTimeout(() => reject(new Error("a worker went home")), 5000).unref());
});
const left = new Map();
process.on("exit", () => console.log(most));
export default function sharp(source) {
  const own = {
    raw: () => own, resize: () => own, png: () => own,
    async toBuffer() {
      if (source === "1") await first;
      most = Math.max(most, ++alive);
      left.set(source, 5);
      return { data: source, info: {} };
    },
    async toFile(name) {
      if (source === "1" && ++ofOthers === 2) twoAtOnce();
      await (source === "1" ? two : null);
      writeFileSync(name, "");
      left.set(source, left.get(source) - 1);
      if (left.get(source) === 0) alive--;
      if (source === "0" && ++ofFirst === 5) firstIsDone();
    },
  };
  return own;
}
sharp.concurrency = sharp.cache = () => {};
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js")
@pytest.mark.parametrize("sources", [2, 9])
def test_sharps_workers_wait_for_sources_that_others_decode(tmp_path, sources):
    module = tmp_path / "node_modules" / "sharp"
    module.mkdir(parents=True)
    (module / "index.mjs").write_text(STUB, encoding="utf-8")
    (module / "package.json").write_text('{"exports": "./index.mjs"}', encoding="utf-8")
    shutil.copy(PEERS / "sharp_job.mjs", tmp_path)
    plan = [
        {"source": str(source), "renditions": [{"name": f"{source}-{number}.png"} for number in range(5)]}
        for source in range(sources)
    ]
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    done = subprocess.run(
        ["node", "sharp_job.mjs", "plan.json", "out", "6", "true", "2"], cwd=tmp_path, capture_output=True, text=True,
        timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out").iterdir())) == 5 * sources
    # What is decoded ahead does not grow with the folder.
    assert int(done.stdout) <= 3


def test_a_command_that_fails_is_reported_with_its_own_words(tmp_path):
    command = [sys.executable, "-c", "import sys; sys.exit('no such colour space')"]
    with pytest.raises(execution.Failed, match="status 1: no such colour space"):
        execution.timed(command, {}, tmp_path / "log")


def test_memory_is_that_of_all_processes_together():
    """A parent with two children, each of which touches 80 MB and then waits to be let go."""
    child = "b = bytearray(80_000_000); b[::4096] = b[::4096]; print(end='.', flush=True); import sys; sys.stdin.read()"
    parent = (
        f"import subprocess, sys; c = [sys.executable, '-c', {child!r}];"
        "[process.wait() for process in [subprocess.Popen(c), subprocess.Popen(c)]]"
    )
    command = [sys.executable, "-c", parent]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.read(2) == ".."
        together = sum(map(execution.proportional_bytes, execution.descendants(process.pid)))
        process.communicate()
    assert 160e6 < together < 260e6


def test_a_watch_sees_memory_that_was_given_back_before_the_end(tmp_path):
    # Touched once for each sample that the watch could miss.
    code = "for _ in range(40): b = bytearray(80_000_000); b[::4096] = b[::4096]; del b"
    assert execution.peak_memory([sys.executable, "-c", code], {}, tmp_path / "log") > 40e6


def test_ratios_are_taken_within_a_round():
    # The machine was three times as slow in the second round: nobody's doing.
    assert rounds.median_ratio([10, 30, 11], [1, 3, 1]) == 10


def test_contestants_take_turns_each_with_an_empty_folder():
    calls = []

    def execute(contestant, output, number):
        assert os.listdir(output) == []
        open(os.path.join(output, "file"), "w", encoding="ascii").close()
        calls.append((number, contestant))

    rounds.interleave("ab", 2, execute)
    assert calls == [(0, "a"), (0, "b"), (1, "a"), (1, "b")]


def test_a_table_is_aligned_and_says_which_way():
    text = tables.markdown(["tool", "MB/s"], [["labday", "7"], ["x", "1234"]], left={0})
    assert text == "| tool   | MB/s |\n| ------ | ---: |\n| labday |    7 |\n| x      | 1234 |\n"


def result(tool, setting, speed, size, cores="one"):
    return {"tool": tool, "setting": setting, "megabytes_per_second": speed, "bytes_of_baseline": size, "cores": cores,
            "core_count": 1}


CROWD = [
    result("Pillow", "default", 18, 1.0), result("Pillow", "level 1", 55, 1.13), result("Pillow", "level 9", 3, 0.98),
    *(result("labday", level, speed, size) for level, speed, size in [
        ("fastest", 1300, 1.29), ("fast", 640, 1.09), ("balanced", 310, 1.0), ("small", 60, 0.97)]),
    *(result(tool, f"level {level}, adaptive", 17 + level / 9, 1 + level / 1000)
      for tool in ("sharp", "libvips", "ImageMagick", "GraphicsMagick") for level in range(1, 5)),
    result("sharp", "level 1, no filter", 104, 2.03),
]


def test_labels_lie_on_no_other_label_on_no_point_and_inside_the_frame():
    points = picture.locate(CROWD, *picture.scales(CROWD))
    boxes = picture.place_labels(points)
    assert len(boxes) == len(CROWD)
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)
    for box in boxes:
        assert box.inside(picture.FRAME)
        assert not any(box.left < p.x < box.right and box.top < p.y < box.bottom for p in points)


def test_a_crowd_without_room_is_drawn_all_the_same():
    crowd = [result("Pillow", "default", 18, 1.0)]
    crowd += [result("GraphicsMagick", f"level {number}, with a long name", 100, 9.5) for number in range(80)]
    boxes = picture.place_labels(picture.locate(crowd, *picture.scales(crowd)))
    assert len(boxes) == len(crowd)
    assert all(box.inside(picture.FRAME) for box in boxes)
    # They share what room there is.
    assert max(sum(map(box.overlaps, boxes)) for box in boxes) < len(crowd) / 4


def test_a_label_wider_than_the_picture_is_drawn_all_the_same():
    results = [result("Pillow", "default", 18, 1.0), *[result("sharp", "a name " * 40, 100, 9.5)] * 3]
    assert len(ElementTree.fromstring(picture.draw(results)).findall(".//{*}circle")) == 4


def test_by_cpu_seconds_nobody_waited():
    own = {**result("labday", "fast", 50, 1.0), "median_seconds": 4.0, "median_cpu_seconds": 2.0}
    assert [one["megabytes_per_second"] for one in picture.by_cpu_seconds([own])] == [100]
    assert "a CPU second" in picture.draw(picture.by_cpu_seconds([own, {**own, "bytes_of_baseline": 1.1}]), "CPU second")


def test_faster_is_to_the_right_and_smaller_is_lower():
    slow, fast = picture.locate([result("labday", "small", 50, 0.97), result("labday", "fast", 600, 1.1)],
                                *picture.scales(CROWD))
    assert slow.x < fast.x
    assert slow.y > fast.y


def test_files_far_larger_than_the_rest_are_drawn_at_the_edge_with_their_size():
    point = picture.locate(CROWD, *picture.scales(CROWD))[-1]
    assert point.y == picture.TOP
    assert "2.03" in point.label


def luminance(colour):
    channels = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear))


@pytest.mark.parametrize("scheme, paper", [(0, "#ffffff"), (1, "#0d1117")])
def test_every_colour_can_be_read_in_light_and_dark(scheme, paper):
    """The contrast that WCAG 2.1 (1.4.3) asks of text."""
    for tool, colours in picture.COLOURS.items():
        lighter, darker = sorted((luminance(colours[scheme]), luminance(paper)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, tool


def test_the_picture_is_well_formed_and_names_every_setting():
    svg = ElementTree.fromstring(picture.draw(CROWD))
    texts = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    for own in CROWD:
        assert any(f"{own['tool']} {own['setting'].split(',')[0]}" in text for text in texts)


def entry(contestant, seconds, file_bytes, failure=None):
    usages = [execution.Usage(value, value) for value in seconds]
    return SimpleNamespace(contestant=contestant, cores="one", core_count=1, usages=usages, bytes=file_bytes,
                           peak_bytes=5_000_000, mean_difference=0.0, failure=failure)


def test_the_record_has_ratios_to_the_baseline_and_names_what_is_left_out():
    default = next(c for c in contestants.pillow().contestants if c.setting == "default")
    fast = contestants.Contestant("labday", "fast", "fast", "exact", lambda run: [])
    broken = contestants.Contestant("sharp", "level 6", "balanced", "cubic", lambda run: [])
    entries = [entry(default, [10, 30, 11], 1000), entry(fast, [1, 3, 1], 1100), entry(broken, [], 0, "sharp: it broke")]
    plan = [{"channels": "RGB", "renditions": [{"name": "a.png", "width": 1000, "height": 1000}]}]
    made = record.make(entries, "Pillow, default", "photos", plan, 3, [], ["libvips is left out: no library"])
    own = made["results"][1]
    assert (own["times_baseline"], own["bytes_of_baseline"], own["megabytes_per_second"]) == (10, 1.1, 3.0)
    text = record.markdown(json.loads(json.dumps(made)))
    assert re.search(r"\| labday +\| fast +\| +3 \| +1.00 \| +1.00–3.00 \| +10.0 \|", text)
    assert "- libvips is left out: no library\n- sharp: it broke\n" in text


def test_the_lock_file_names_no_registry():
    packages = json.loads((PEERS / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert packages["node_modules/sharp"]["integrity"]
    assert not any("resolved" in package for package in packages.values())


def test_the_pinned_sharp_is_for_debians_node():
    packages = json.loads((PEERS / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for name in ("sharp", "@img/sharp-linux-x64", "@img/sharp-linux-arm64"):
        assert "^18.17.0" in packages[f"node_modules/{name}"]["engines"]["node"]
