"""`labday report`: runs as one HTML file, looked at in a real browser."""

import copy
import json
import os
from pathlib import Path

import pytest

from browser import SCHEMES, WIDTHS, start_browser
from cli_lab import Lab
from pictures import photo, save
from trace_checker import problems

LAYOUT = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8")
MODES = ["blocking", "async", "threads", "multiprocessing", "multiprocessing:join=each", "multiprocessing-pool",
         "multiprocessing-joblib"]
# Ends a script element, a comment, a string and a line, and would change the title if it were taken for markup.
HOSTILE = '</script><img src=x onerror="document.title=\'hacked\'"><!-- \u2028\u202e\\" ${1}'


@pytest.fixture(scope="module")
def recorded(binary, tmp_path_factory):
    """A lab with bench.json (7 modes, 10 rounds, 10 sources of 5 renditions), two.json and sweep.json, and a page of
    each; tests only read them."""
    lab = Lab(binary, tmp_path_factory.mktemp("recorded"))
    for number in range(10):
        save(photo(120, 90, seed=number), lab.photos / f"{number}.png")

    def measure(command, name, *arguments):
        lab.run(command, "photos", *arguments, "--json", name, writes=[lab.tmp, lab.root / name])

    measure("bench", "bench.json", "-j", "2", "--rounds", "10")
    measure("bench", "two.json", "-j", "2", "--rounds", "1", "--modes", "blocking,threads", "--no-records")
    measure("sweep", "sweep.json", "--rounds", "2", "--scale", "50%", "--sources", "0.5x,1x", "--size", "0.5x,1x",
            "--workers", "1,2,3", "--modes", "blocking,threads,multiprocessing-pool")
    outcome = lab.run("report", "bench.json", "-o", "probe.html", status=(0, 2), writes=[lab.root / "probe.html"])
    if outcome.status == 2:
        assert "npm" in outcome.stderr, outcome
        pytest.skip(f"SKIPPED: this labday has no page: {outcome.stderr}")
    for name, runs in {"bench": ["bench"], "sweep": ["sweep"], "several": ["bench", "two", "sweep"]}.items():
        report(lab, f"{name}.html", *[f"{run}.json" for run in runs])
    return lab


def report(lab, output, *arguments, **options):
    outcome = lab.run("report", *arguments, "-o", output, writes=[lab.root / output], **options)
    return outcome, (lab.root / output).read_text(encoding="ascii")


@pytest.fixture(scope="module")
def chromium():
    browser = start_browser()
    yield browser
    browser.close()


def expect_quiet(browser):
    """No complaint in the console, and nothing fetched but the file itself."""
    assert browser.complaints() == []
    assert [url for url in browser.requests() if not url.startswith(("file:", "about:"))] == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", ["bench", "sweep", "several"])
def test_nothing_overlaps_or_is_cut(recorded, chromium, page, width, scheme):
    chromium.open(recorded.root / f"{page}.html", width, scheme)
    drawn = chromium.script("return [...document.querySelectorAll('figure')].map((figure) => figure.dataset.drawn)")
    assert drawn and set(drawn) == {"yes"}
    assert chromium.script(LAYOUT) == []
    expect_quiet(chromium)


def test_a_page_of_seven_modes_and_ten_rounds_is_below_two_megabytes(recorded):
    run = json.loads((recorded.root / "bench.json").read_text(encoding="utf-8"))
    assert [len(seconds) for seconds in run["results"].values()] == [10] * 7 and run["files"]["count"] == 50
    assert (recorded.root / "bench.html").stat().st_size < 2_000_000


def test_the_page_shows_every_round_and_every_finding_of_the_run(recorded, chromium):
    run = json.loads((recorded.root / "bench.json").read_text(encoding="utf-8"))
    chromium.open(recorded.root / "bench.html")
    dots = chromium.script("return document.querySelectorAll('#times .mark-symbol path').length")
    assert dots == 70 + 7, "a dot a round, and a diamond a mode"
    assert len(chromium.find_all("#findings h3")) == len(run["findings"])
    titles = [title.text for title in chromium.find_all("#timeline figcaption strong")]
    assert len(titles) == 7 and all(any(title.startswith(f"{mode}, ") for title in titles) for mode in MODES)
    text = chromium.find("#environment").text
    for key in ("version", "compiler", "simd", "scratch_file_system"):
        assert run["environment"][key] in text, key


def test_charts_have_names_and_tables_beside_them(recorded, chromium):
    chromium.open(recorded.root / "bench.html")
    assert chromium.script("return document.documentElement.lang") == "en"
    levels = chromium.script("return [...document.querySelectorAll('h1, h2, h3')].map((h) => Number(h.tagName[1]))")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:])), levels
    for chart in chromium.find_all(".chart"):
        assert chart.accessible_name
    summaries = chromium.find_all("figure details summary")
    assert summaries
    summaries[0].click()
    rows = chromium.script("return document.querySelectorAll('#times figure details tbody tr').length")
    assert rows == 7


def tooltip_text(browser):
    return browser.script(
        "const tip = document.getElementById('vg-tooltip-element');"
        "return tip && tip.classList.contains('visible') ? tip.innerText : ''"
    )


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pointer_is_told_what_it_is_at(recorded, chromium, width):
    from selenium.webdriver.common.action_chains import ActionChains

    chromium.open(recorded.root / "bench.html", width)
    dot = chromium.find_all("#times .mark-symbol path")[-1]
    ActionChains(chromium.driver).move_to_element(dot).perform()
    chromium.wait_until("document.querySelector('#vg-tooltip-element.visible')")
    text = tooltip_text(chromium)
    assert "mode" in text and "round" in text and "seconds" in text, text
    box = chromium.script("const b = document.getElementById('vg-tooltip-element').getBoundingClientRect();"
                          "return [b.left, b.right, document.documentElement.clientWidth]")
    assert box[0] >= 0 and box[1] <= box[2], "the tooltip is within the window"
    expect_quiet(chromium)


def test_the_keyboard_goes_from_mark_to_mark(recorded, chromium):
    from selenium.webdriver.common.keys import Keys

    chromium.open(recorded.root / "bench.html")
    chart = chromium.find("#seconds .chart")
    chromium.script("arguments[0].focus()", chart)
    chart.send_keys(Keys.ARROW_RIGHT)
    chromium.wait_until("document.querySelector('#vg-tooltip-element.visible')")
    first = tooltip_text(chromium)
    assert "spent on" in first, first
    assert chromium.find("#announcement").get_attribute("textContent").startswith("1 of ")
    chart.send_keys(Keys.ARROW_RIGHT)
    chromium.wait_until("document.getElementById('announcement').textContent.startsWith('2 of ')")
    assert tooltip_text(chromium) != first
    chart.send_keys(Keys.ESCAPE)
    chromium.wait_until("!document.querySelector('#vg-tooltip-element.visible')")
    expect_quiet(chromium)


def test_all_that_can_be_used_is_reached_with_the_tab_key(recorded, chromium):
    from selenium.webdriver.common.keys import Keys

    chromium.open(recorded.root / "several.html")
    wanted = chromium.script("return document.querySelectorAll('a, select, summary, .chart').length")
    seen = set()
    for _ in range(300):
        chromium.driver.switch_to.active_element.send_keys(Keys.TAB)
        at = chromium.script(
            "const e = document.activeElement; return e.matches('a, select, summary, .chart') ?"
            " [...document.querySelectorAll('a, select, summary, .chart')].indexOf(e) : -1"
        )
        seen.add(at)
        if len(seen - {-1}) == wanted:
            break
    assert len(seen - {-1}) == wanted


def test_the_run_switch_shows_another_run(recorded, chromium):
    from selenium.webdriver.support.ui import Select

    chromium.open(recorded.root / "several.html")
    assert chromium.find("h1").text == "bench.json"
    assert chromium.find_all("#history figure")
    switch = Select(chromium.find("#run"))
    assert [option.text for option in switch.options] == ["bench.json", "two.json", "sweep.json"]
    for name, section in (("two.json", "times"), ("sweep.json", "curves"), ("bench.json", "timeline")):
        switch.select_by_visible_text(name)
        chromium.draw_all()
        assert chromium.find("h1").text == name
        assert chromium.driver.title.startswith(name)
        assert chromium.find_all(f"#{section} figure svg"), section
        assert chromium.script(LAYOUT) == []
    expect_quiet(chromium)


def test_a_choice_draws_what_is_chosen(recorded, chromium):
    from selenium.webdriver.support.ui import Select

    chromium.open(recorded.root / "sweep.html")
    element = chromium.find("#curves select")
    switch = Select(element)
    assert len(switch.options) > 1
    chromium.script("document.querySelector('#curves figure').dataset.before = 'yes'")
    switch.select_by_index(1)
    chromium.draw_all()
    assert chromium.script("return document.querySelector('#curves figure').dataset.before === undefined")
    assert chromium.find_all("#curves figure svg .mark-line")
    expect_quiet(chromium)


@pytest.fixture(scope="module")
def kept(recorded):
    """The lab with a notebook of three runs: two benches and a sweep."""
    folder = recorded.root / "labday-notebook"

    def keep(command, *arguments):
        recorded.run(command, "photos", "--modes", "blocking,threads", *arguments, writes=[recorded.tmp, folder])

    keep("bench", "--rounds", "2", "--title", "Before", "--note", "A first look.")
    keep("bench", "--rounds", "2", "--title", "After <b>it</b>")
    keep("sweep", "--rounds", "1", "--sources", "0.5x,1x", "--title", "More of them")
    return recorded


def test_a_run_of_the_notebook_comes_with_the_others_and_their_history(kept, chromium):
    from selenium.webdriver.support.ui import Select

    outcome, _ = report(kept, "notebook.html", "2")
    assert outcome.stdout.startswith("notebook.html: 3 runs, ")
    chromium.open(kept.root / "notebook.html", "phone")
    assert chromium.find("h1").text == "Run 2 - After <b>it</b>"
    switch = Select(chromium.find("#run"))
    assert [option.text for option in switch.options] == [
        "Run 1 - Before", "Run 2 - After <b>it</b>", "Run 3 - More of them"
    ]
    dots = chromium.script("return document.querySelectorAll('#history .mark-symbol path').length")
    assert dots == 4, "two modes of two benches"
    switch.select_by_index(0)
    chromium.draw_all("phone")
    assert "A first look." in chromium.find("#headline").text
    assert chromium.script(LAYOUT) == []
    expect_quiet(chromium)


def test_a_damaged_run_of_the_notebook_is_named_and_skipped(kept):
    damaged = kept.root / "labday-notebook" / "runs" / "0001.json"
    whole = damaged.read_text(encoding="utf-8")
    try:
        damaged.write_text(whole[: len(whole) // 2], encoding="utf-8")
        outcome, _ = report(kept, "damaged.html", "2")
        assert outcome.stdout.startswith("damaged.html: 2 runs, ") and "0001.json" in outcome.stdout, outcome
        assert "0001.json" in kept.run("report", "1", "-o", "never.html", status=2).stderr
    finally:
        damaged.write_text(whole, encoding="utf-8")
    assert "run 9" in kept.run("report", "9", "-o", "never.html", status=2).stderr


def test_hostile_names_stay_text(recorded, chromium):
    text = (recorded.root / "bench.json").read_text(encoding="utf-8")
    hostile = json.dumps(HOSTILE)[1:-1]
    odd = text.replace('"threads"', f'"{hostile}"').replace('"Linux', f'"{hostile}Linux')
    assert odd != text
    recorded.out.mkdir(exist_ok=True)
    (recorded.out / "odd.json").write_text(odd, encoding="utf-8")
    report(recorded, "hostile.html", "out/odd.json")
    chromium.open(recorded.root / "hostile.html", "phone")
    assert chromium.driver.title == "out/odd.json - labday"
    assert chromium.find_all("img") == []
    assert HOSTILE[:20] in chromium.find("#times").get_attribute("textContent")
    assert HOSTILE[:20] in chromium.find("#environment").get_attribute("textContent")
    drawn = chromium.script("return [...document.querySelectorAll('figure')].map((figure) => figure.dataset.drawn)")
    assert drawn and set(drawn) == {"yes"}
    expect_quiet(chromium)


def test_what_the_command_writes_is_said(recorded):
    outcome, _ = report(recorded, "said.html", "bench.json")
    assert outcome.stdout.startswith("said.html: 1 run, "), outcome
    piped = recorded.run("report", "bench.json", "-o", "-")
    assert piped.stdout == (recorded.root / "said.html").read_text(encoding="ascii")
    assert piped.stderr.startswith("-: 1 run, ")


@pytest.mark.parametrize(
    "arguments, word",
    [
        (("bench.json",), "output"),
        (("-o", "x.html"), "RUN"),
        (("missing.json", "-o", "x.html"), "missing.json"),
        (("photos/0.png", "-o", "x.html"), "photos/0.png"),
        (("bench.json", "-o", "bench.json"), "would be lost"),
        (("bench.json", "-o", "no/such/folder.html"), "no/such/folder.html"),
        (("7", "-o", "x.html", "--notebook", "nowhere"), "nowhere"),
    ],
)
def test_what_cannot_be_is_refused_and_said(recorded, arguments, word):
    outcome = recorded.run("report", *arguments, status=2)
    assert word in outcome.stderr, outcome


def test_a_labday_that_was_built_without_npm_says_why_and_does_all_else(recorded):
    bare = copy.copy(recorded)
    bare.binary = Path(os.environ["LABDAY_WITHOUT_PAGE"])
    refused = bare.run("report", "bench.json", "-o", "never.html", status=2)
    assert "there was no npm when this labday was built" in refused.stderr
    assert "apt-get install nodejs npm" in refused.stderr
    traced = bare.run("trace", "bench.json", "-o", "-")
    assert problems(json.loads(traced.stdout)) == []
    bare.run("bench", "photos", "--rounds", "1", "--modes", "blocking", writes=[bare.tmp])
