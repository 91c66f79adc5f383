"""Intervals against scipy, and the test of the best in its worst case."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from wsgibench.stats.blocks import estimate
from wsgibench.stats.intervals import Intervals, best_stack, simultaneous_intervals


@settings(deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.05, 0.001]))
def test_of_two_stacks_it_is_students_interval(seed, level):
    """Two stacks, nothing clipped: scipy's interval for the mean paired difference."""
    table = np.random.default_rng(seed).normal(0, 1, (6, 2))
    found = simultaneous_intervals(estimate(table, clip=np.inf), level)
    wanted = stats.ttest_rel(table[:, 0], table[:, 1]).confidence_interval(1 - level)
    assert (found.low[0, 1], found.high[0, 1]) == pytest.approx((wanted.low, wanted.high))


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_intervals_are_the_same_from_both_sides(seed):
    """What is the low end for one stack against another is the high end the other way round, turned about."""
    table = np.random.default_rng(seed).normal(0, 1, (5, 4))
    table[0, 0] = np.nan
    found = simultaneous_intervals(estimate(table), 0.01)
    assert found.low == pytest.approx(-found.high.T)
    assert np.diag(found.high) == pytest.approx(np.zeros(4))


def test_narrowing_keeps_what_both_say():
    """The overlap where there is one; else the newer."""
    old = Intervals(np.array([[0.0, 1.0]]), np.array([[2.0, 2.0]]))
    new = Intervals(np.array([[1.0, 3.0]]), np.array([[3.0, 4.0]]))
    both = old.narrowed(new)
    assert both.low.tolist() == [[1.0, 3.0]]
    assert both.high.tolist() == [[2.0, 4.0]]


def test_the_best_is_named_in_its_worst_case_as_often_as_allowed():
    """Two alike lead far ahead of two others: one of them is named with the probability of the level, 5 %."""
    random = np.random.default_rng(2)
    tables = random.normal([0, 0, -9, -9], 0.1, (3000, 8, 4))
    named = [best_stack(estimate(table, clip=np.inf), 0.05) for table in tables]
    share = np.mean([name is not None for name in named])
    assert set(named) <= {None, 0, 1}
    assert 0.025 < share < 0.06


def test_among_many_alike_hardly_one_is_named():
    """Seven alike: the one on top must beat all six, which chance grants far less often than the level."""
    tables = np.random.default_rng(3).normal(0, 0.1, (1000, 8, 7))
    assert np.mean([best_stack(estimate(table), 0.05) is not None for table in tables]) < 0.02


def test_a_stack_far_ahead_is_best():
    """Also where another stack has no figures; but one stack alone is not better than anything."""
    table = np.random.default_rng(4).normal([0, 5, 0], 0.1, (4, 3))
    assert best_stack(estimate(table), 0.01) == 1
    table[:, 0] = np.nan
    assert best_stack(estimate(table), 0.01) == 1
    table[:, 1] = np.nan
    assert estimate(table) is None


def test_naming_the_best_cuts_its_intervals_at_zero():
    """The best is at least as good as each other, and nothing else changes."""
    wide = Intervals.unknown(3).with_best(1, [True] * 3)
    assert wide.low[1].tolist() == [0.0, 0.0, 0.0]
    assert wide.high[:, 1].tolist() == [0.0, 0.0, 0.0]
    assert wide.high[0, 2] == np.inf
