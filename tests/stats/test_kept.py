"""Slices of a benchmark of hours add up."""

import importlib.util
import json
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "kept.py"


@pytest.fixture(scope="module")
def kept():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("kept", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_was_found_before_is_there_after(kept, tmp_path):
    """Run by run, whoever ends the benchmark in between."""
    path = tmp_path / "results" / "ab.json"
    first = kept.Kept(path)
    first.facts["flask, calibrated"] = {"twice": 1.5}
    first.add("flask +2%", [{"outcome": "worse"}])
    second = kept.Kept(path)
    assert second.facts == {"flask, calibrated": {"twice": 1.5}}
    second.add("flask +2%", [{"outcome": "undecided"}])
    second.add("A/A", [{"outcome": "tied"}])
    third = kept.Kept(path)
    assert third.names() == ["flask +2%", "A/A"]
    assert third.of("flask +2%") == [[{"outcome": "worse"}], [{"outcome": "undecided"}]]
    assert json.loads(path.read_text())["runs"]["A/A"] == [[{"outcome": "tied"}]]
    assert third.of("what nobody made") == []


def test_no_run_begins_that_would_end_too_late(kept):
    assert kept.TimeLeft(None).is_enough(1e9)
    assert kept.TimeLeft(1).is_enough(50)
    assert not kept.TimeLeft(1).is_enough(70)
