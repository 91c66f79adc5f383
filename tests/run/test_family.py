"""An app with helpers that leave it, and with commands for each request, is measured whole, and ends whole."""

import json
from pathlib import Path

from run.conftest import failed_gates, only_folder, trials_of
from support.command import APPS, bearing, run_wsgibench, serving

BURN_MS = 20
APP = ("--app", "forks_twice:app", "--chdir", str(APPS), "--workers", "2")


def test_helpers_count_and_do_not_outlive_the_run_and_commands_are_no_workers(tmp_path: Path) -> None:
    """20 ms of CPU a request in a process that has left the tree before it began to work; with or without cgroups."""
    mark = {"WSGIBENCH_TEST": str(tmp_path)}
    ended = run_wsgibench(
        *("run", "gunicorn", "waitress", *APP, "--env", f"BURN_MS={BURN_MS}", "--env", "COMMANDS=1"),
        *("--connections", "2", "--blocks", "1", "--duration", "3s"),
        *("--pictures", "off", "--out", str(tmp_path / "runs")),
        env=mark,
    )
    assert bearing("WSGIBENCH_TEST", str(tmp_path)) == []
    trials = trials_of(only_folder(tmp_path / "runs"))
    assert len(trials) == 2
    for trial in trials:
        assert "restarts" not in failed_gates(trial), ended.err
        assert "workers" not in failed_gates(trial), ended.err
        [phase] = trial["phases"].values()
        assert phase["server_cpu_s"] > 0.9 * phase["cpu_requests"] * BURN_MS / 1000, json.dumps(phase)


def test_what_left_the_app_ends_with_serve(tmp_path: Path) -> None:
    """It has no parent, a session of its own, and is asked by nobody to end."""
    mark = {"WSGIBENCH_TEST": str(tmp_path)}
    with serving("gunicorn", *APP, env=mark) as (_, process):
        family = bearing("WSGIBENCH_TEST", str(tmp_path))
        assert len(family) >= 5
    assert process.returncode == 130
    assert bearing("WSGIBENCH_TEST", str(tmp_path)) == []
