"""The regression gate: what it makes of counts, and that it never compares what cannot be compared."""

import json

import pytest

from gate import check

SURROUNDINGS = {"highway_target": "AVX2", "zlib1g": "1.2.13"}


@pytest.fixture
def gate(monkeypatch, tmp_path, capsys):
    """Runs the gate with given counts, on a machine with given surroundings, and returns its status and its words."""
    counts = tmp_path / "counts.json"

    def run(counted, surroundings=SURROUNDINGS, recorded=None, arguments=()):
        if recorded is not None:
            counts.write_text(json.dumps({"surroundings": SURROUNDINGS, "instructions": recorded}))
        monkeypatch.setattr(check, "surroundings", lambda workload: surroundings)
        monkeypatch.setattr(check, "count_all", lambda workload: counted)
        monkeypatch.setattr("sys.argv", ["check.py", "workload", "--counts", str(counts), *arguments])
        return check.main(), capsys.readouterr().out

    return run


def test_a_stage_within_the_tolerance_passes(gate):
    status, text = gate({"decode": 1029}, recorded={"decode": 1000})
    assert status == 0
    assert "decode: 1,029 instructions, +2.90 %" in text


def test_a_stage_that_grew_beyond_it_fails_and_is_named_with_its_growth_and_the_remedy(gate):
    status, text = gate({"decode": 1000, "resize": 1050}, recorded={"decode": 1000, "resize": 1000})
    assert status == 1
    complaint = text[text.index("More than 3 %"):]
    assert "resize: 1,050 instructions, +5.00 % of the recorded 1,000" in complaint
    assert "decode" not in complaint
    assert "--update" in complaint


def test_the_tolerance_can_be_given(gate):
    assert gate({"decode": 1050}, recorded={"decode": 1000}, arguments=["--tolerance", "6"])[0] == 0
    assert gate({"decode": 1005}, recorded={"decode": 1000}, arguments=["--tolerance", "0.1"])[0] == 1


def test_a_stage_that_became_faster_passes_and_asks_to_be_recorded(gate):
    status, text = gate({"decode": 800}, recorded={"decode": 1000})
    assert status == 0
    assert "-20.00 %" in text and "record it" in text


@pytest.mark.parametrize("counted, recorded", [({}, {"encode-fast": 10}), ({"encode-fast": 10}, {})])
def test_a_stage_that_is_new_or_gone_fails_until_it_is_recorded(gate, counted, recorded):
    status, text = gate(counted, recorded=recorded)
    assert status == 1
    assert "encode-fast" in text


@pytest.mark.parametrize("other", [{"highway_target": "SSE4"}, {"zlib1g": "1.3"}, {"valgrind": "3.20"}])
def test_other_surroundings_are_named_and_nothing_is_compared(gate, other):
    status, text = gate({"decode": 9999}, surroundings={**SURROUNDINGS, **other}, recorded={"decode": 1000})
    assert status == check.SKIPPED
    assert "NOT COMPARED" in text
    assert str(*other.values()) in text
    assert "9,999" not in text


def test_an_update_records_what_the_next_run_compares_with(gate):
    assert gate({"decode": 1234}, arguments=["--update"])[0] == 0
    status, text = gate({"decode": 1234})
    assert status == 0
    assert "+0.00 % of the recorded 1,234" in text


@pytest.mark.parametrize(
    "version, upstream", [("2.36-9+deb12u10", "2.36"), ("1:3.19.0-1", "3.19.0"), ("1:1.2.13.dfsg-1", "1.2.13.dfsg")]
)
def test_repairs_by_debian_do_not_count_as_another_version(version, upstream):
    assert check.upstream_version(version) == upstream
