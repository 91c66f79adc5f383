"""Apps whose curve is none, or of another state, on real processes: it is said, and not averaged.

In simulation and from made-up curves: tests/unit/test_recovery.py, tests/analysis/test_unevenness.py.
"""

from pathlib import Path

import pytest

from run.conftest import only_folder
from support.command import APPS, run_wsgibench, went_well
from wsgibench.analysis.verdict import verdict_of
from wsgibench.runs import RunFolder

pytestmark = [pytest.mark.long, pytest.mark.timeout(400)]


def looked_at(out: Path, *arguments: str) -> RunFolder:
    """A run of one block."""
    ended = run_wsgibench(
        "capacity", *arguments, "--blocks", "1", "--chdir", str(APPS), "--out", str(out), timeout_s=380
    )
    assert went_well(ended.code, ended.err + ended.out), ended.err
    return RunFolder.open(only_folder(out))


def cautions(folder: RunFolder) -> list[str]:
    return [each.name for each in verdict_of(folder).cautions]


def test_one_that_is_slow_for_good_once_it_was_asked_for_too_much(tmp_path: Path) -> None:
    """Already as it is warmed up, so that all of its curve is alike, and of another state than it began in."""
    folder = looked_at(
        tmp_path, "waitress", "--threads", "8", "--hold", "2s", "--limit", "p99 < 2s", "--app", "tires:app",
        "--env", "TIRED_MS=400",
    )  # fmt: skip
    [trial] = folder.read().trials
    [gate] = [gate for gate in trial.gates if gate.name == "recovery"]
    assert not gate.passed
    assert "before it was warmed up" in gate.cause or "at a light load" in gate.cause


def test_one_that_stands_still_now_and_then(tmp_path: Path) -> None:
    """A second in five: some rate meets with it, or all do."""
    folder = looked_at(tmp_path, "gunicorn", "--hold", "2s", "--app", "pauses_by_time:app")
    [standing] = verdict_of(folder).rankings[0].standings
    assert "uneven-curve" in cautions(folder) or standing.bound == "less than"


def test_one_that_is_slower_when_it_has_little_to_do(tmp_path: Path) -> None:
    """It dozes: its capacity is one of all rates together, if any."""
    folder = looked_at(tmp_path, "gunicorn", "--workers", "1", "--hold", "2s", "--app", "dozes:app")
    [standing] = verdict_of(folder).rankings[0].standings
    assert "uneven-curve" in cautions(folder) or standing.bound == "less than"


def test_of_one_that_sheds_load_failures_decide(tmp_path: Path) -> None:
    """Its answers are as quick as ever, and it is none the worse for it."""
    folder = looked_at(tmp_path, "gunicorn-gthread", "--threads", "4", "--hold", "1s", "--app", "sheds_load:app")
    [standing] = verdict_of(folder).rankings[0].standings
    assert standing.limit == "errors < 0.1%"
