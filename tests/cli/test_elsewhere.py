"""A run is read where nothing is that it was made with: its folder suffices."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import wsgibench
from support.fakes import World, a_plan
from wsgibench.bench.experiment import run

RATES = {"gunicorn-gthread": 0.010, "uwsgi-http": 0.008, "waitress": 0.005}
ADAPTERS = ("servers", "proxies", "engines", "monitors")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> Path:
    """wsgibench without any server, proxy, engine or monitor, as where to import it from."""
    place = tmp_path_factory.mktemp("elsewhere")
    package = place / "wsgibench"
    shutil.copytree(Path(wsgibench.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ADAPTERS:
        removed = [path for path in (package / name).glob("*.py") if not path.name.startswith("_")]
        assert removed
        for path in removed:
            path.unlink()
    return place


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> list[str]:
    """Two of the same stacks."""
    place = tmp_path_factory.mktemp("runs")
    made = [run(a_plan(RATES, seed=seed), place, parts=World(RATES).parts()) for seed in (1, 2)]
    return [each.folder for each in made]


def said(*arguments: str, source: Path | None = None) -> str:
    """What wsgibench prints, imported from there or as it is installed."""
    env = {**os.environ, **({"PYTHONPATH": str(source)} if source else {}), "COLUMNS": "120"}
    done = subprocess.run(
        [sys.executable, "-m", "wsgibench", *arguments], capture_output=True, text=True, check=False, env=env
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("form", ["md", "text"])
def test_a_comparison_is_the_same_where_no_adapter_is(elsewhere: Path, runs: list[str], form: str) -> None:
    """What changed, and what became of each stack, follows from the records alone."""
    assert said("compare", *runs, "--format", form, source=elsewhere) == said("compare", *runs, "--format", form)


def test_a_report_is_the_same_where_no_adapter_is(elsewhere: Path, runs: list[str]) -> None:
    """Table, verdict and page: gates are asked again of what the monitor wrote, by whomever."""
    here = said("report", runs[0], "--json", "--pictures", "off")
    there = [said("report", runs[0], "--json", "--pictures", each, source=elsewhere) for each in ("off", "on")]
    assert there == [here, here]
    page = Path(runs[0], "report.html").read_text()
    assert "waitress" in page
    assert "is not installed here" not in page
    assert '"counted": 4' in here or '"counted":4' in here
