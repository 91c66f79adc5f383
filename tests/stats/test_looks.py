"""Spent error: exact for one and two looks, by simulation for ten."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from wsgibench.stats.looks import looks_of, nominal_levels


@settings(deadline=None)
@given(st.floats(1e-5, 0.2), st.integers(1, 60))
def test_one_look_has_all_the_error(error, block):
    """Who looks once pays nothing for looking."""
    assert nominal_levels(error, (block,))[0] == pytest.approx(error, rel=1e-4)


@pytest.mark.parametrize("error", [0.05, 0.0017])
def test_two_looks_are_the_bivariate_normal(error):
    """Boundaries after 4 and 10 blocks keep the error, by scipy's bivariate normal distribution."""
    levels = nominal_levels(error, (4, 10))
    first, second = (stats.norm.isf(level / 2) for level in levels)
    correlation = np.sqrt(4 / 10)
    both = stats.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]])
    inside = both.cdf([first, second], lower_limit=[-first, -second])
    assert 1 - inside == pytest.approx(error, rel=1e-3)
    assert levels[0] == pytest.approx(error * 0.4**1.5, rel=1e-6)


def test_ten_looks_by_simulation():
    """Of simulated sums 5 % cross a boundary at any of ten looks."""
    looks = looks_of(12)
    boundary = stats.norm.isf(np.array(nominal_levels(0.05, looks)) / 2)
    sums = np.cumsum(np.random.default_rng(1).normal(size=(200_000, 12)), axis=1)[:, 2:] / np.sqrt(looks)
    assert (np.abs(sums) > boundary).any(axis=1).mean() == pytest.approx(0.05, abs=0.0015)


def test_correlated_looks_cost_less_than_independent_ones():
    """All levels but the first are greater than the error that their look may spend."""
    looks = looks_of(12)
    levels = nominal_levels(0.05, looks)
    spent = np.diff([0.0, *(0.05 * (look / 12) ** 1.5 for look in looks)])
    assert levels[0] == pytest.approx(spent[0])
    assert (np.array(levels)[1:] > spent[1:]).all()


@pytest.mark.parametrize(("blocks", "looks"), [(1, (1,)), (2, (2,)), (3, (3,)), (5, (3, 4, 5))])
def test_looks_begin_with_the_third_block(blocks, looks):
    """A run that ends sooner is looked at when it ends."""
    assert looks_of(blocks) == looks
