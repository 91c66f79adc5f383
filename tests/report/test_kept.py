"""Up to which rate a stack keeps what has nothing to do with how long answers take."""

import pytest

from support.curves import a_curve, a_run_of_capacities
from wsgibench.analysis.audit import audit
from wsgibench.report.kept import kept_by, queues_in_words
from wsgibench.report.rates import curve_trials
from wsgibench.runs import RunFolder

STACK = {"gunicorn": (300, 300, 300)}


def kept(parent, *, limits=(), **of_trials):
    folder = a_run_of_capacities(parent, STACK, of_trials={"gunicorn": of_trials}, limits=limits)
    run = audit(folder).run
    [trials] = curve_trials(run).values()
    return {each.by: each for each in kept_by(run.run.plan, trials, a_curve(*limits).limits)}


def test_what_is_kept_at_all_rates_bounds_nothing(tmp_path):
    """Neither errors nor queues."""
    assert kept(tmp_path) == {}


def test_errors_are_counted_as_of_a_capacity(tmp_path):
    """A share of the way to the first rate with too many of them, linear in shares."""
    found = kept(tmp_path, failing={90: 0.2, 100: 0.3, 110: 0.3}, limits=["errors < 10%"])
    assert found.keys() == {"errors"}
    assert found["errors"].rate == pytest.approx(80 * (90 / 80) ** 0.5)
    assert found["errors"].bound == ""


def test_a_queue_that_grows_bounds_whatever_came_of_it_so_far(tmp_path):
    """Half way to the rate at which it did."""
    found = kept(tmp_path, pending={100: 200, 110: 200})
    assert found.keys() == {"queue"}
    assert found["queue"].rate == pytest.approx((90 * 100) ** 0.5)


def test_errors_at_the_lightest_rate_make_an_end_of_the_curve(tmp_path):
    """As of a capacity."""
    found = kept(tmp_path, failing=dict.fromkeys((10, 40, 80, 90, 100, 110), 0.5))
    assert (found["errors"].bound, found["errors"].rate) == ("less than", pytest.approx(10))
    assert found["errors"].low is None


def test_what_cannot_be_read_is_not_laid_at_the_door_of_a_stack(tmp_path):
    """A queue that grew, and requests that failed, where the engine had too much to do."""
    busy = {"engine_cpu_s": {100: 1.9, 110: 1.95}, "pending": {100: 200, 110: 200}, "failing": {110: 0.5}}
    assert kept(tmp_path, **busy) == {}
    assert queues_in_words(audit(next(RunFolder.open(each) for each in tmp_path.iterdir())).run) == []
