"""Curves that are none, told from those that chance makes."""

import pytest

from support.curves import a_curve
from wsgibench.analysis.capacities import Rung
from wsgibench.analysis.verdict.unevenness import Uneven, unevenness

LIMIT = "p99 < 100ms"


def rungs(*seen, median_s=None):
    """Of these rates, with so many slow requests of so many."""
    return [
        Rung(rate_per_s=rate, requests=asked, failures=0, timed=asked, slower={LIMIT: slow}, median_s=median_s)
        for rate, slow, asked in seen
    ]


def uneven(*seen, **more):
    return unevenness(rungs(*seen, **more), a_curve(LIMIT))


def test_a_curve_that_rises_is_even():
    """With a slow one or two where there are few requests, too."""
    assert uneven((10, 2, 40), (40, 0, 400), (80, 4, 800), (90, 30, 900), (110, 1100, 1100)) == Uneven()


def test_a_stack_that_has_broken_a_limit_at_light_load_and_keeps_it_beyond():
    """It dozes: of those at 10/s half are slow, and next to none of the many at 80/s; nor is it less than 10/s."""
    found = uneven((10, 20, 40), (40, 0, 4000), (80, 0, 8000), (110, 1100, 1100))
    assert found.broken_per_s == (10,)
    found = uneven((10, 200, 400), (40, 100, 1600), (80, 0, 3200), (110, 1100, 1100))
    assert found.kept_per_s == (80,)


@pytest.mark.parametrize(("median_s", "still"), [(0.006, (80,)), (0.03, ()), (None, ())])
def test_what_is_slow_without_a_queue_stood_still(median_s, still):
    """One in ten took over 100 ms: in a queue half would have taken over 30 ms. They took 6."""
    found = uneven((10, 0, 40), (40, 0, 400), (80, 80, 800), (110, 1100, 1100), median_s=median_s)
    assert found.still_per_s == still


def test_of_failures_no_median_tells():
    """A stack that sheds load is quick."""
    shed = [Rung(rate_per_s=50, requests=500, failures=100, timed=400, slower={LIMIT: 0}, median_s=0.001)]
    assert unevenness(shed, a_curve(LIMIT, "errors < 0.1%")) == Uneven()
