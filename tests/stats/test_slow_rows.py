"""What benchmarks/slow_apps.py calls wrong."""

import importlib
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("slow_rows")


def figures(rows, **changed):
    good = {
        "counts": True,
        "why_not": "",
        "requests": 10_000,
        "requests_per_s": 100.0,
        "p50_s": 0.020,
        "p99_s": 0.100,
        "cpu_per_request_s": 0.010,
    }
    return rows.Figures(**{**good, **changed})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, []),
        ({"requests_per_s": 101.9}, []),
        ({"requests_per_s": 103.0}, ["requests/s +3%"]),
        ({"cpu_per_request_s": 0.0097}, ["CPU -3%"]),
        ({"counts": False, "why_not": "drift"}, ["in turns does not count: drift"]),
        ({"requests_per_s": None}, ["requests/s is missing"]),
    ],
)
def test_what_a_saturated_row_must_keep_to(rows, changed, said) -> None:
    assert list(rows.compared(figures(rows, **changed), figures(rows), None, is_open=False)) == said


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"p50_s": 0.0209}, []),  # a millisecond is allowed
        ({"p50_s": 0.0216}, ["p50 +8%"]),
        ({"p99_s": 0.104}, []),  # five per cent
        ({"p99_s": 0.112}, ["p99 +12%"]),
    ],
)
def test_percentiles_may_differ_by_a_twentieth_or_a_millisecond(rows, changed, said) -> None:
    assert list(rows.compared(figures(rows, **changed), figures(rows), None, is_open=True)) == said


def test_chance_widens_what_theory_allows(rows) -> None:
    """0.120 s lies above 0.100 and its twentieth; not where one stream in forty goes beyond 0.116."""
    seen = figures(rows, p99_s=0.120)
    narrow = {"p99": rows.Expected(0.100, 0.099, 0.101)}
    wide = {"p99": rows.Expected(0.100, 0.085, 0.116)}
    assert list(rows.against_theory(seen, narrow, "in turns")) == ["in turns p99 is 120.0 ms, by theory 100.0"]
    assert list(rows.against_theory(seen, wide, "in turns")) == []
