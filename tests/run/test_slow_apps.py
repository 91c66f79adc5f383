"""Apps that take their time: the figures are those of the app, and the budget holds."""

import json
from pathlib import Path
from statistics import median

import pytest

from run.conftest import failed_gates, only_folder, trials_of
from support.command import APPS, Ended, run_wsgibench, went_well

pytestmark = pytest.mark.alone

TWO_AT_A_TIME = ("gunicorn", "gunicorn-gthread")
"""Stacks that answer as many requests at a time as they have workers."""


def run(out: Path, *arguments: str, app: str = "delayed:app", **env: object) -> tuple[Ended, list[dict]]:
    """How the run ended, and its trials."""
    pairs = [option for name, value in env.items() for option in ("--env", f"{name}={value}")]
    ended = run_wsgibench(
        "run",
        *arguments,
        "--app",
        app,
        "--chdir",
        str(APPS),
        *pairs,
        "--seed",
        "1",
        "--pictures",
        "off",
        "--out",
        str(out),
        timeout_s=75,
    )
    assert went_well(ended.code, ended.err), ended.err
    return ended, trials_of(only_folder(out))


def verdict_in(out: Path) -> dict:
    return json.loads((only_folder(out) / "verdict.json").read_text())


@pytest.mark.parametrize(
    ("delay_ms", "length"),
    [
        (150, ("--blocks", "1")),
        pytest.param(150, ("--budget", "60s"), marks=pytest.mark.long),
        pytest.param(20, ("--budget", "60s"), marks=pytest.mark.long),
    ],
)
def test_no_trial_shows_more_than_the_app_can_answer(tmp_path: Path, delay_ms: int, length: tuple[str, str]) -> None:
    """Two workers that sleep so long can answer no more; at the rate that the run chose itself, they can."""
    bears = 2 / (delay_ms / 1e3)
    ended, trials = run(tmp_path, *TWO_AT_A_TIME, *length, DELAY_MS=delay_ms)
    shown = [figures["requests_per_s"] for trial in trials for figures in trial["phases"].values()]
    assert shown
    assert max(shown) < 1.05 * bears
    assert [failed_gates(trial) for trial in trials] == [[]] * len(trials)
    # At half of what they bear, one answer in a hundred has waited for two others at most (M/D/2), and some for noise.
    assert median(trial["phases"]["steady"]["p99_s"] for trial in trials) < 6 * delay_ms / 1e3
    assert ended.seconds < 1.1 * 60 + 3


@pytest.mark.long  # short: tests/engines/native/test_renewals.py
def test_a_pause_is_waited_for_by_all_that_fall_due_in_it(tmp_path: Path) -> None:
    """One worker stands still for a second after every 500 requests, two fifths of the time at 200/s: the slowest tenth
    of the requests waits 0.7 s or more."""
    _, trials = run(
        tmp_path,
        "gunicorn",
        "--rate",
        "200/s",
        "--workers",
        "1",
        "--blocks",
        "1",
        "--duration",
        "8s",
        app="pauses_by_count:app",
        PAUSE_MS=1000,
        PAUSE_EVERY=500,
    )
    for trial in trials:
        assert failed_gates(trial) or trial["phases"]["steady"]["p90_s"] > 0.4


def test_an_app_that_slows_down_with_every_request_does_not_count_unsaid(tmp_path: Path) -> None:
    """From 600 to some 200/s within a trial, by its own doing: all stacks alike, so that the ranking holds."""
    ended, trials = run(
        tmp_path,
        *TWO_AT_A_TIME,
        "--connections",
        "8",
        "--blocks",
        "1",
        "--duration",
        "6s",
        app="slower_each_request:app",
        STEP_US=8,
    )
    assert len(trials) == 2
    [caution] = [each for each in verdict_in(tmp_path)["cautions"] if each["name"] == "drift"]
    assert all(stack in caution["cause"] for stack in TWO_AT_A_TIME)
    assert 0.2 < caution["figure"] < 0.6
    assert "The app changes as it runs" in ended.out


@pytest.mark.long  # the short form is the next one, and tests/bench/test_experiment.py, where stacks only pretend
def test_the_budget_holds_for_half_a_second_an_answer(tmp_path: Path) -> None:
    """Or it is said at once that it cannot, and which one could; nothing long is begun."""
    arguments = ("--app", "delayed:app", "--chdir", str(APPS), "--env", "DELAY_MS=500", "--pictures", "off")
    ended = run_wsgibench("run", *TWO_AT_A_TIME, "--budget", "30s", *arguments, "--out", str(tmp_path), timeout_s=75)
    assert ended.seconds < 33
    assert ended.code == 2
    assert "takes 0.5 s: 3 blocks of 2 stacks take" in ended.err
    assert "the budget is 30 s" in ended.err
    assert not list(tmp_path.iterdir()), "a folder of a run that was refused"


def test_a_budget_that_is_over_before_a_block_says_how_much_would_do(tmp_path: Path) -> None:
    """And leaves no folder of a run without a trial."""
    arguments = ("--app", "delayed:app", "--chdir", str(APPS), "--env", "DELAY_MS=500", "--pictures", "off")
    fixed = ("--rate", "1/s", "--connections", "1", "--duration", "5s", "--turn", "1s", "--blocks", "1")
    ended = run_wsgibench("run", *TWO_AT_A_TIME, "--budget", "2s", *fixed, *arguments, "--out", str(tmp_path))
    assert ended.code == 1
    assert "The budget of 2 s was used up before one block was measured." in ended.err
    assert "give --budget 10s" in ended.err
    assert not list(tmp_path.iterdir())


@pytest.mark.long  # short: tests/cli/test_start.py
def test_an_answer_may_take_longer_than_a_second(tmp_path: Path) -> None:
    _, trials = run(tmp_path, "gunicorn", "--connections", "2", "--blocks", "1", "--duration", "4s", DELAY_MS=1200)
    [trial] = trials
    assert trial["status"] == "done", trial["error"]
    assert trial["phases"]["saturated"]["requests_per_s"] == pytest.approx(2 / 1.2, rel=0.2)


@pytest.mark.long
def test_a_minute_has_room_for_four_blocks_of_four_stacks(tmp_path: Path) -> None:
    ended, _ = run(tmp_path, "gunicorn", "uwsgi-http", "granian", "waitress", "--budget", "60s", app="hello:app")
    verdict = verdict_in(tmp_path)
    assert verdict["blocks"] >= 4 or verdict["stop"] == "settled"
    assert ended.seconds < 66
