"""How high each stack stands by itself."""

import numpy as np
import pytest
from scipy import stats

from wsgibench.stats.blocks import estimate
from wsgibench.stats.levels import levels

TABLE = np.random.default_rng(3).normal([1.0, 2.0, 3.0], 0.1, (6, 3))


def test_scipy_has_the_same_interval():
    """Student's, from each stack's own figures."""
    found = levels(TABLE)
    for column in range(3):
        theirs = stats.ttest_1samp(TABLE[:, column], 0).confidence_interval(0.95)
        assert (found.low[column], found.high[column]) == pytest.approx(theirs)
    assert found.value == pytest.approx(TABLE.mean(axis=0))


def test_what_is_wrong_in_all_figures_alike_makes_an_interval_reach_farther():
    """By so much on either side, however many blocks there are."""
    found, wider = levels(TABLE), levels(TABLE, beyond=0.015)
    assert wider.high - found.high == pytest.approx([0.015] * 3)
    assert found.low - wider.low == pytest.approx([0.015] * 3)


def test_levels_are_as_far_apart_as_the_effects():
    """So that a ranking's figures and its differences say the same."""
    estimates = estimate(TABLE)
    found = levels(TABLE, estimates.effects)
    assert np.diff(found.value) == pytest.approx(np.diff(estimates.effects))
    assert found.value.mean() == pytest.approx(TABLE.mean())


def test_a_missed_block_moves_nothing():
    """A stack that misses a slow block does not look faster for it, when effects are given."""
    slow = np.array([[1.0, 2.0], [1.01, 1.99], [1.0, 2.01], [0.0, 1.0]])
    gap = slow.copy()
    gap[3, 1] = np.nan
    assert levels(gap).value[1] > levels(slow).value[1] + 0.2
    effects = estimate(gap).effects
    assert np.diff(levels(gap, effects).value) == pytest.approx(np.diff(levels(slow).value), abs=0.01)


def test_one_figure_has_no_interval():
    """There is nothing to tell its noise from."""
    found = levels(np.array([[1.0, 2.0]]))
    assert list(found.value) == [1.0, 2.0]
    assert np.isnan(found.low).all()
    assert np.isnan(found.high).all()
