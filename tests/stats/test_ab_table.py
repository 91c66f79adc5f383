"""What benchmarks/ab.py concludes from its runs."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "ab.py"


@pytest.fixture
def table(monkeypatch):
    """The script as a module."""
    monkeypatch.syspath_prepend(SCRIPT.parent)
    spec = importlib.util.spec_from_file_location("ab_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


def test_a_run_without_an_interval_covers_nothing(table):
    """Nor does it miss: it is counted by itself."""
    bounds = ((1.01, 1.03), (1.03, 1.05), (None, None), (1.01, None))
    rows = [table.Found("cpu", "undecided", 1.02, low, high, 1.02, 60.0) for low, high in bounds]
    assert [row.covers for row in rows] == [True, False, None, True]
    named = dict(
        zip(table.HEADER.split(), table.line("flask", "cpu", rows).replace(" %", "%").split()[1:], strict=False)
    )
    assert (named["runs"], named["covered"], named["none"]) == ("4", "2/3", "1")
