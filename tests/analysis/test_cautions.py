"""What makes a verdict weaker is said."""

import msgspec
import pytest

from support.curves import a_run_of_capacities
from support.made_up_runs import made_up
from support.records import a_learned
from wsgibench.analysis.capacities import read_to
from wsgibench.analysis.verdict import verdict_of
from wsgibench.analysis.verdict.curve_cautions import cautions_of_curves
from wsgibench.model.trial import TrialTimes

RATES = {"gunicorn": 3000, "waitress": 2500}


def cautions_in(folder):
    return {caution.name: caution for caution in verdict_of(folder).cautions}


def test_a_quiet_run_has_none(tmp_path):
    assert cautions_in(made_up(tmp_path, RATES, blocks=4)) == {}


def test_a_machine_that_is_not_fit_to_measure_is_told(tmp_path):
    """With how far apart the trials are."""
    noisy = cautions_in(made_up(tmp_path, RATES, blocks=8, noise=0.2))["noise"]
    assert noisy.figure == pytest.approx(0.2, rel=0.5)


def test_a_machine_that_is_not_fit_to_find_capacities_is_told(tmp_path):
    """Of a run that has nothing else; a figure that is but a bound is no noise."""
    shaky = {"gunicorn": (45, 85, 99, 45), "waitress": (85, 45, 45, 99)}
    noisy = cautions_in(a_run_of_capacities(tmp_path / "noisy", shaky))["noise"]
    assert "% in capacity, beyond what a block does to all." in noisy.cause
    assert "Or the limit is little more than what a request takes by itself" in noisy.advice
    bounds = {"gunicorn": (85, 85, 85, 85), "waitress": (1, 1, 1e6, 85)}
    assert "noise" not in cautions_in(a_run_of_capacities(tmp_path / "bounds", bounds))


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ({}, False),
        ({"requests": 400}, True),
        ({"hold_share": 0.6}, True),
        ({"hold_s": 2.0}, False),
        ({"hold_s": 0.5}, True),
    ],
)
def test_that_rates_were_held_too_briefly_for_a_queue_is_told(tmp_path, plan, told):
    """Where the budget left no room, and where the user did; the share that it may be off is that of the intervals."""
    folder = a_run_of_capacities(tmp_path, {"gunicorn": (85,) * 3, "granian": (85,) * 3}, **plan)
    learned = (a_learned(stack="gunicorn", bears_per_s=900.0), a_learned(stack="granian", bears_per_s=9000.0))
    folder.write_run(msgspec.structs.replace(folder.read_run(), learned=learned))
    found = cautions_in(folder)
    assert ("held-briefly" in found) is told
    if told:
        curve = folder.read_run().plan.curve
        which = "gunicorn" if curve.hold_s is None else "gunicorn and granian"
        assert f"of {which} capacities" in found["held-briefly"].cause
        assert f"may be found {read_to(curve, 900.0):.0%} too high" in found["held-briefly"].cause
        assert found["held-briefly"].cause.startswith("Rates were held briefly (--hold)") is (curve.hold_s is not None)


def test_that_the_engine_opened_all_the_connections_that_it_may_is_told(tmp_path):
    """One request is under way at 80/s; where no more may be, that may be all of it."""
    folder = a_run_of_capacities(tmp_path, {"gunicorn": (85,) * 3})
    assert "connections-max" not in cautions_in(folder)
    run = folder.read_run()
    curve = msgspec.structs.replace(run.plan.curve, connections_max=1)
    folder.write_run(msgspec.structs.replace(run, plan=msgspec.structs.replace(run.plan, curve=curve)))
    assert "--connections-max 2" in cautions_in(folder)["connections-max"].advice


@pytest.mark.parametrize(("late_s", "told"), [(0.02, False), (0.03, True)])
def test_that_the_engine_was_late_for_a_good_part_of_the_limit_is_told(tmp_path, late_s, told):
    """A quarter of 100 ms."""
    run = a_run_of_capacities(tmp_path, {"gunicorn": (85,) * 3}).read()
    trials = tuple(
        msgspec.structs.replace(
            trial,
            phases={
                name: msgspec.structs.replace(figures, lateness_p99_s=late_s) for name, figures in trial.phases.items()
            },
        )
        for trial in run.trials
    )
    found = {caution.name for caution in cautions_of_curves(msgspec.structs.replace(run, trials=trials))}
    assert ("late-engine" in found) is told


@pytest.mark.parametrize(("number", "broken"), [(4, True), (3, False)])
def test_a_block_that_was_interrupted_is_told(tmp_path, number, broken):
    """An hour within a block is one; an hour between two blocks is none."""
    folder = made_up(tmp_path, RATES, blocks=2)
    for trial in folder.read().trials:
        started_s = 1e9 + 10 * trial.number + (3600 if trial.number >= number else 0)
        times = TrialTimes(started_s=started_s, stopped_s=started_s + 10)
        folder.trial(trial).write(msgspec.structs.replace(trial, times=times))
    found = cautions_in(folder)
    assert ("pause" in found) is broken
    if broken:
        assert found["pause"].cause == "Block 2 was interrupted, and went on 1 h later."
