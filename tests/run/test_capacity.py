"""A run that looks for a capacity, on real processes: its curve, its folder, and what is made of it again."""

import json
import shutil
from pathlib import Path

import pytest

from run.conftest import only_folder
from support.command import APPS, NOTHING_RANKED, run_wsgibench, went_well
from support.curves import a_run_of_capacities
from wsgibench.analysis.audit import audit
from wsgibench.analysis.capacities import capacity_of, rungs_of
from wsgibench.runs import RunFolder


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> Path:
    """One stack, one block, rates held as briefly as can be."""
    out = tmp_path_factory.mktemp("measured")
    ended = run_wsgibench(
        *("capacity", "gunicorn", "--blocks", "1", "--hold", "300ms", "--workers", "2", "--seed", "3"),
        *(
            "--for",
            "1000000/s",
            "--limit",
            "p99 < 500ms",
            "--pictures",
            "off",
            "--app",
            "hello:app",
            "--chdir",
            str(APPS),
            "--out",
            str(out),
        ),
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


def test_a_rate_beyond_all_is_not_shown_and_why_is_said(run: RunFolder) -> None:
    """In text and in JSON. Two workers bear less than a million a second, of which one block does not make sure."""
    in_text, in_json = (
        run_wsgibench("report", str(run.path), "--pictures", "off", *form) for form in ((), ("--json",))
    )
    asked = "1,000,000/s with p99 < 500 ms and errors < 0.1 %: not shown for gunicorn with 2 workers"
    assert asked in in_text.out
    [needed] = json.loads(in_json.out)["verdict"]["needed"]
    assert (needed["wanted_per_s"], needed["workers"], needed["measured"]) == (1e6, None, [2])
    if not any(why in in_text.out for why in NOTHING_RANKED):
        assert "so few blocks have no interval, --blocks 3 or more do" in in_text.out
        [found] = needed["found"]
        assert (found["workers"], found["is_enough"]) == (2, None)


@pytest.mark.long
def test_a_limit_that_no_rate_keeps_makes_a_bound_of_an_objective(tmp_path: Path) -> None:
    """No request is answered in 10 microseconds; ``run`` asks for capacities as for anything else."""
    ended = run_wsgibench(
        *("run", "gunicorn", "--objective", "capacity", "--blocks", "1", "--hold", "300ms", "--workers", "1"),
        *("--limit", "p99 < 0.01ms", "--for", "100/s", "--app", "hello:app", "--chdir", str(APPS)),
        *("--out", str(tmp_path), "--json"),
        timeout_s=110,
    )
    assert went_well(ended.code, ended.err + ended.out), ended.err
    verdict = json.loads(ended.out)["verdict"]
    [ranking] = [ranking for ranking in verdict["rankings"] if ranking["objective"] == "capacity"]
    [needed] = verdict["needed"]
    assert ranking["asked"]
    assert needed["workers"] is None
    for standing in ranking["standings"]:
        assert (standing["bound"], standing["low"], standing["limit"]) == ("less than", None, "p99 < 0.01ms")
        assert (needed["fewer"], needed["fewer_bound"]) == (1, "less than")


def test_a_limit_that_every_rate_keeps_makes_one_in_text_and_json(tmp_path: Path) -> None:
    """Of made-up curves: to real ones higher rates are added until the limit breaks."""
    folder = a_run_of_capacities(tmp_path, {"gunicorn": (1e6, 1e6, 1e6)}, wanted_per_s=500.0)
    in_text, in_json = (
        run_wsgibench("report", str(folder.path), "--pictures", "off", *form) for form in ((), ("--json",))
    )
    assert "at least 110/s" in in_text.out
    assert (
        "(2 workers bear at least 110/s): with 2 workers the limit was not reached at the highest rate." in in_text.out
    )
    verdict = json.loads(in_json.out)["verdict"]
    [standing] = verdict["rankings"][0]["standings"]
    assert (standing["bound"], standing["high"], standing["at_least"]) == ("at least", None, 3)
    assert verdict["needed"][0]["fewer_bound"] == "at least"
