"""How far a curve can be read by any limit."""

import math

import pytest

from support.curves import RATES, a_capacity_run, a_run_of_capacities, add_curve_trial
from wsgibench.analysis.readable import capacity_in, readable_to_per_s
from wsgibench.analysis.verdict import verdict_of
from wsgibench.cli.progress.sentences import in_words
from wsgibench.model.cores import Cores
from wsgibench.report.conclusions import rows

TOGETHER = Cores(stack=(0, 1), engine=(0, 1))
APART = Cores(stack=(0,), engine=(1,))


def readable(parent, engine_cpu_s, cores):
    """Each rate is held for 2 s."""
    folder = a_capacity_run(parent, ["gunicorn"], cores=cores)
    return readable_to_per_s(
        folder.read_run().plan, add_curve_trial(folder, 1, "gunicorn", 85, engine_cpu_s=engine_cpu_s)
    )


@pytest.mark.parametrize("cores", [TOGETHER, APART, None])
def test_all_of_it_where_the_engine_took_little(tmp_path, cores):
    """Whichever cores it had."""
    assert readable(tmp_path, {}, cores) == math.inf


@pytest.mark.parametrize(("cores", "allowed_s"), [(TOGETHER, 0.8), (APART, 1.6), (None, 1.6)])
def test_up_to_the_rate_before_that_at_which_the_engine_took_too_much(tmp_path, cores, allowed_s):
    """A fifth of the cores that it shares, 80 % of one of its own; further above it may have taken less once."""
    more, less = allowed_s + 0.01, allowed_s - 0.01
    assert readable(tmp_path / "more", {90: more, 100: less, 110: more}, cores) == 80
    assert readable(tmp_path / "all", {90: less, 100: less, 110: less}, cores) == math.inf


def test_all_of_it_where_it_took_too_much_at_one_rate_alone(tmp_path):
    """That was an accident, which the gates of that rate tell."""
    assert readable(tmp_path, {80: 1.9}, APART) == math.inf


def test_what_is_kept_where_the_curve_ends_for_the_engine_is_borne_at_least(tmp_path):
    """A stack that bears more than the engine can send is ranked, and why no more is known is said."""
    busy = {"engine_cpu_s": {100: 1.9, 110: 1.95}}
    capacities = {"gunicorn": (200, 200, 200), "waitress": (45, 45, 45)}
    folder = a_run_of_capacities(tmp_path, capacities, cores=APART, of_trials={"gunicorn": busy})
    trials, plan = folder.read().trials, folder.read_run().plan
    found = [capacity_in(plan, trial) for trial in trials if trial.stack.label == "gunicorn"]
    assert {in_words(each) for each in found} == {"at least 90/s, beyond it the load engine took more than it may"}
    ranking = next(each for each in verdict_of(folder).rankings if each.objective == "capacity")
    first, second = rows(ranking)
    assert (first.stack, first.value, second.stack) == ("gunicorn", "at least 90.0/s", "waitress")
    assert first.remark == "beyond it the load engine took more than it may"
    assert ranking.winner == "gunicorn"


def test_a_capacity_below_it_is_exact(tmp_path):
    """What the engine took further up changes nothing."""
    busy = {"engine_cpu_s": {110: 1.9}}
    folder = a_run_of_capacities(tmp_path, {"gunicorn": (85, 85, 85)}, cores=APART, of_trials={"gunicorn": busy})
    found = [capacity_in(folder.read_run().plan, trial) for trial in folder.read().trials]
    assert all(80 <= each.crossing.low_per_s < each.crossing.high_per_s <= 100 for each in found)
    assert not any(each.by_engine for each in found)


def test_blocks_may_differ_in_why_a_capacity_is_more(tmp_path):
    """Each reason with its blocks."""
    folder = a_capacity_run(tmp_path, ["gunicorn"], cores=APART)
    for block, busy in enumerate(({}, {110: 1.9}, {110: 1.9}), 1):
        add_curve_trial(folder, block, "gunicorn", 200, block=block, engine_cpu_s=busy)
    [row] = rows(next(each for each in verdict_of(folder).rankings if each.objective == "capacity"))
    assert row.remark == (
        "the limit was not reached at the highest rate in 1 of 3 blocks, "
        "beyond it the load engine took more than it may in 2 of 3 blocks"
    )


def test_nothing_of_it_where_that_was_the_lowest(tmp_path):
    """No rate is left."""
    assert readable(tmp_path, dict.fromkeys(RATES, 1.9), APART) == 0
