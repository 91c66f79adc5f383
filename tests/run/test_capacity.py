"""A run that looks for a capacity, on real processes: its curve, its folder, and what is made of it again."""

import json
import shutil
from pathlib import Path

import pytest

from run.conftest import only_folder
from support.command import APPS, run_wsgibench, went_well
from wsgibench.analysis.audit import audit
from wsgibench.analysis.capacities import capacity_of, rungs_of
from wsgibench.runs import RunFolder


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> Path:
    """One stack, one block, rates held as briefly as can be."""
    out = tmp_path_factory.mktemp("measured")
    ended = run_wsgibench(
        *("capacity", "gunicorn", "--blocks", "1", "--hold", "300ms", "--workers", "2", "--seed", "3"),
        *("--limit", "p99 < 500ms", "--pictures", "off", "--app", "hello:app", "--chdir", str(APPS), "--out", str(out)),
        timeout_s=110,
    )
    assert went_well(ended.code, ended.err + ended.out), ended.err
    return only_folder(out)


@pytest.fixture
def run(measured: Path, tmp_path: Path) -> RunFolder:
    """A copy, to be changed."""
    shutil.copytree(measured, tmp_path / "run")
    return RunFolder.open(tmp_path / "run")


def test_its_rates_go_from_light_load_to_where_the_limit_breaks(run: RunFolder) -> None:
    """Each is recorded by itself; the lightest first, and again in the end."""
    [trial] = run.read().trials
    rates = [rung.load.last_per_s for rung in trial.rungs if rung.name.startswith("curve-")]
    assert rates[0] == min(rates)
    assert max(rates) > 5 * min(rates)
    assert trial.rungs[-1].name == f"again-{rates[0]:g}"
    place = run.path / "trials" / trial.folder
    assert {f"{rung.name}.npz" for rung in trial.rungs} <= {path.name for path in place.iterdir()}
    curve = run.read_run().plan.curve
    assert [limit.text for limit in curve.limits] == ["p99 < 500ms", "errors < 0.1%"]
    assert min(rates) <= capacity_of([*rungs_of(trial)], curve).crossing.rate_per_s <= max(rates)


def test_its_figures_follow_from_its_recordings(run: RunFolder) -> None:
    """And a record that counts fewer slow requests than were recorded is found out."""
    assert not [gate for trial in audit(run).run.trials for gate in trial.gates if gate.name == "recording"]
    [path] = run.path.glob("trials/*/trial.json")
    record = json.loads(path.read_text())
    name = record["rungs"][0]["name"]
    record["phases"][name]["slower"]["p99 < 500ms"] += 7
    path.write_text(json.dumps(record))
    [trial] = audit(run).run.trials
    [gate] = [gate for gate in trial.gates if gate.name == "recording"]
    assert f"p99 < 500ms of {name} is" in gate.cause


def test_a_rung_without_its_recording_fails_the_trial(run: RunFolder) -> None:
    """As any phase does."""
    next(run.path.glob("trials/*/curve-*.npz")).unlink()
    [trial] = audit(run).run.trials
    assert trial.status == "failed"


def test_rounds_done_can_be_gone_on_with(run: RunFolder) -> None:
    """A run that has all its blocks stays as it is."""
    before = run.read().trials
    ended = run_wsgibench("resume", str(run.path), "--pictures", "off")
    assert went_well(ended.code, ended.err + ended.out), ended.err
    assert run.read().trials == before
