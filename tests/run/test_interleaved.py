"""Blocks in turns: all stacks up, one engine that goes round them.

What is marked long here is decided in tests/bench/test_experiment.py, too, where stacks and engine only pretend.
"""

import json
import os
import signal
import time
from itertools import pairwise
from pathlib import Path

import pytest

from run.conftest import assert_borne_out, failed_gates, only_folder, trials_of
from support.command import APPS, family_of, run_wsgibench, wait_until_gone, went_well
from wsgibench.runs.folder import RunFolder

HELLO = (
    "--app",
    "hello:app",
    "--chdir",
    str(APPS),
    "--cores",
    "apart",
    "--blocks",
    "1",
    "--warmup",
    "200ms",
    "--pictures",
    "off",
)
STACKS = ("gunicorn", "nginx+uwsgi", "waitress")
TWO = ("nginx+uwsgi", "waitress")


def run_in_turns(out: Path, *arguments: str, stacks: tuple[str, ...] = TWO) -> tuple[Path, list[dict]]:
    ended = run_wsgibench("run", *stacks, *HELLO, "--out", str(out), *arguments)
    assert went_well(ended.code, ended.err), ended.err
    folder = only_folder(out)
    return folder, trials_of(folder)


def test_every_stack_has_its_turns_in_both_phases(tmp_path: Path) -> None:
    """Turns of one round come in random order, and each stack's figures are gathered over its own."""
    load = ("--rate", "100/s", "--connections", "4", "--duration", "2s", "--seed", "1")
    _, trials = run_in_turns(tmp_path, *load, stacks=STACKS)
    assert len(trials) == 3
    for trial in trials:
        assert failed_gates(trial) == [], trial["gates"]
        steady = [turn for turn in trial["turns"] if turn["phase"] == "steady"]
        saturated = [turn for turn in trial["turns"] if turn["phase"] == "saturated"]
        assert (len(steady), len(saturated)) == (10, 10)
        figures = trial["phases"]["steady"]
        assert sum(turn["outcomes"].get("ok", 0) for turn in steady) == figures["outcomes"]["ok"]
        assert figures["duration_s"] == pytest.approx(2.0, rel=0.1)
        assert 60 < figures["requests_per_s"] < 140
        assert trial["phases"]["saturated"]["requests_per_s"] > 500
        assert all(turn["stack_cpu_s"] > 0 for turn in saturated)
    starts = sorted((turn["start_s"], trial["stack"]["server"]) for trial in trials for turn in trial["turns"])
    rounds = [tuple(server for _, server in starts[place : place + 3]) for place in range(0, len(starts), 3)]
    assert all(len(set(each)) == 3 for each in rounds)
    assert len(set(rounds)) > 2
    # They start one after another, and what each start takes is its own.
    starts_s = sorted((trial["times"]["started_s"], trial["times"]["warm_s"]) for trial in trials)
    assert all(warm <= next_start for (_, warm), (next_start, _) in pairwise(starts_s))


@pytest.mark.long
def test_off_measures_one_after_another(tmp_path: Path) -> None:
    _, trials = run_in_turns(tmp_path, "--connections", "4", "--duration", "1s", "--turns", "off")
    assert all(trial["turns"] == [] for trial in trials)
    assert [failed_gates(trial) for trial in trials] == [[]] * 2
    stops = [trial["times"]["stopped_s"] for trial in trials]
    starts = [trial["times"]["started_s"] for trial in trials]
    assert all(stop <= start for stop, start in zip(stops, starts[1:], strict=False))


@pytest.mark.long
def test_a_ramp_is_measured_in_one_piece(tmp_path: Path) -> None:
    """From 50/s to 150/s is 100/s at the mean, and turns would each begin it anew."""
    _, trials = run_in_turns(tmp_path, "--rate", "50/s..150/s", "--duration", "4s")
    assert_borne_out(only_folder(tmp_path))
    for trial in trials:
        assert trial["turns"] == []
        assert [gate["name"] for gate in trial["gates"] if gate["name"] in ("drift", "littles-law")] == []
        assert trial["phases"]["steady"]["requests_per_s"] == pytest.approx(100, rel=0.25)


@pytest.mark.long
def test_stacks_that_work_without_being_asked_are_measured_alone(tmp_path: Path) -> None:
    """A busy background thread would take from whoever has the turn: so there are no turns, and the run says why."""
    app = ("--app", "busy_background:app", "--chdir", str(APPS))
    run = ("--blocks", "1", "--connections", "2", "--duration", "1s", "--out", str(tmp_path))
    ended = run_wsgibench("run", "gunicorn", "waitress", *app, *run)
    assert went_well(ended.code, ended.err), ended.err
    assert "One after another: " in ended.err
    assert "of a core without any request" in ended.err
    for trial in trials_of(only_folder(tmp_path)):
        assert trial["turns"] == []
        assert "idle-cpu" not in failed_gates(trial)


@pytest.mark.long
def test_turns_are_given_up_where_a_stack_begins_to_work_in_those_of_others(tmp_path: Path) -> None:
    """Nothing could be seen of it before: so the first block is done again, one stack after another."""
    app = ("--app", "busy_later:app", "--chdir", str(APPS))
    run = ("--blocks", "1", "--connections", "2", "--duration", "8s", "--out", str(tmp_path))
    ended = run_wsgibench("run", "gunicorn", "waitress", *app, *run, timeout_s=110)
    assert went_well(ended.code, ended.err), ended.err
    assert "One after another: " in ended.err
    assert "works while others have their turn" in ended.err
    trials = trials_of(only_folder(tmp_path))
    assert len(trials) == 2
    for trial in trials:
        assert trial["turns"] == []


@pytest.mark.long
def test_what_only_one_can_have_is_measured_one_after_another(tmp_path: Path) -> None:
    """The second stack does not start beside the first, for the app's lock, but it does alone: so each is alone."""
    app = ("--app", "only_one:app", "--chdir", str(APPS), "--env", f"LOCK={tmp_path / 'lock'}")
    run = ("--blocks", "1", "--connections", "2", "--duration", "1s", "--pictures", "off")
    ended = run_wsgibench("run", "waitress", "werkzeug", *app, *run, "--out", str(tmp_path / "runs"), timeout_s=110)
    assert went_well(ended.code, ended.err), ended.err
    assert "One after another: " in ended.err
    assert "starts alone, but not beside" in ended.err
    folder = only_folder(tmp_path / "runs")
    assert "starts alone, but not beside" in RunFolder.open(folder).read().run.plan.alone_because
    trials = trials_of(folder)
    assert [(trial["status"], trial["turns"]) for trial in trials] == [("done", []), ("done", [])]


@pytest.mark.long
def test_a_stack_that_does_not_start_leaves_the_table_to_the_others(tmp_path: Path) -> None:
    ended = run_wsgibench(
        "run",
        "gunicorn",
        "waitress",
        *HELLO[2:],
        "--app",
        "not_under_waitress:app",
        "--connections",
        "2",
        "--duration",
        "1s",
        "--out",
        str(tmp_path),
    )
    assert went_well(ended.code, ended.err), ended.err
    assert ended.code == 1, "one is left out"
    assert "'waitress' ended while it started: RuntimeError: not under waitress." in ended.err
    by_server = {trial["stack"]["server"]: trial for trial in trials_of(only_folder(tmp_path))}
    assert failed_gates(by_server["waitress"]) == ["start"]
    assert failed_gates(by_server["gunicorn"]) == []


def test_a_death_in_the_middle_leaves_the_table_to_the_others(in_background) -> None:
    """The stack that died is marked, the other one counts, and nothing is left."""
    run = in_background("gunicorn", "waitress", *HELLO, "--connections", "4", "--duration", "4s")
    run.wait_for_child("wsgibench.monitors._psutil")
    time.sleep(0.5)
    family = family_of(run.process.pid)
    os.kill(run.wait_for_child("-m gunicorn", under="_supervisord"), signal.SIGKILL)
    assert went_well(run.wait(), run.said()), run.said()
    by_server = {trial["stack"]["server"]: trial for trial in trials_of(only_folder(run.out))}
    assert failed_gates(by_server["gunicorn"]) == ["processes"]
    assert failed_gates(by_server["waitress"]) == []
    assert by_server["waitress"]["phases"]["saturated"]["duration_s"] == pytest.approx(4.0, rel=0.1)
    wait_until_gone(family)


@pytest.mark.long
@pytest.mark.parametrize(("turn", "turns"), [("700ms", 3), ("1h", 1)])
def test_a_turn_that_does_not_fit_leaves_the_duration_as_promised(tmp_path: Path, turn: str, turns: int) -> None:
    _, trials = run_in_turns(tmp_path, "--connections", "2", "--duration", "2s", "--turn", turn)
    for trial in trials:
        assert len(trial["turns"]) == turns
        assert trial["phases"]["saturated"]["duration_s"] == pytest.approx(2.0, rel=0.1)


@pytest.mark.long
def test_the_budget_ends_the_run_between_blocks(tmp_path: Path) -> None:
    ended = run_wsgibench(
        "run",
        "gunicorn",
        *HELLO[:4],
        "--blocks",
        "50",
        "--duration",
        "50s",
        "--connections",
        "2",
        "--budget",
        "8s",
        "--out",
        str(tmp_path),
        timeout_s=60,
    )
    assert went_well(ended.code, ended.err), ended.err
    trials = trials_of(only_folder(tmp_path))
    assert 1 <= len(trials) <= 6
    assert json.loads((only_folder(tmp_path) / "run.json").read_text())["status"] == "done"


@pytest.mark.long
def test_a_block_that_was_kept_in_part_is_begun_anew(tmp_path: Path) -> None:
    """Killed between two records of a block: the stacks of a block share its noise, so all are measured again."""
    folder, trials = run_in_turns(tmp_path, "--connections", "2", "--duration", "1s")
    lost = next(folder.glob("trials/0002-*"))
    (lost / "trial.json").unlink()
    ended = run_wsgibench("resume", str(folder), "--pictures", "off")
    assert went_well(ended.code, ended.err), ended.err
    again = trials_of(folder)
    assert [trial["number"] for trial in again] == [1, 2]
    last = max(trial["times"]["stopped_s"] for trial in trials)
    assert all(trial["times"]["started_s"] > last for trial in again)
