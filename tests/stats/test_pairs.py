"""The three-way outcome at its edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsgibench.model.verdict import Outcome
from wsgibench.stats.intervals import Intervals
from wsgibench.stats.pairs import outcomes, pairs_of

EDGE = np.log1p(0.05)


def between(low: float, high: float) -> Intervals:
    """What is known of the first of two stacks against the second."""
    return Intervals(np.array([[0, low], [-high, 0]]), np.array([[0, high], [-low, 0]]))


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [
        (-EDGE, EDGE, "tied"),
        (0.01, 0.04, "tied"),  # excludes 1, and is of no use to anybody
        (0.01, 0.06, "better"),
        (0.0, 0.06, "better"),  # cut at 1 when the best was named
        (0.06, np.inf, "better"),
        (-0.01, 0.06, "undecided"),
        (-0.06, 0.01, "undecided"),
        (-0.06, 0.0, "worse"),
        (-np.inf, -0.01, "worse"),
        (-np.inf, np.inf, "undecided"),
    ],
)
def test_outcomes(low, high, wanted):
    """Within the margin is tied, even where 1 is excluded; else what the interval excludes; else undecided."""
    assert outcomes(between(low, high))[0][1] == wanted


@settings(deadline=None)
@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 0.3))
def test_the_other_side_says_the_opposite(low, width, margin):
    """Better from one side is worse from the other; tied and undecided are so from both."""
    found = outcomes(between(low, low + width), margin)
    opposite = {"better": "worse", "worse": "better", "tied": "tied", "undecided": "undecided"}
    if width:
        assert found[1][0] == opposite[found[0][1]]
    assert found[0][0] is Outcome.TIED


def test_ratios_of_latency_are_of_the_figures():
    """The stack with half the latency is better, and the ratio says half."""
    differences = np.log(np.array([[1, 2], [0.5, 1]]))
    found = pairs_of(differences, between(np.log(1.8), np.log(2.2)), margin=0.05, higher_is_better=False)
    assert found[0].outcome is Outcome.BETTER
    assert (found[0].ratio, found[0].low, found[0].high) == pytest.approx((0.5, 1 / 2.2, 1 / 1.8))


def test_pairs_that_never_met_have_no_ratio():
    """None, and an interval from nothing to infinity."""
    nan = np.full((2, 2), np.nan)
    (found,) = pairs_of(nan, Intervals.unknown(2), margin=0.05, higher_is_better=True)
    assert (found.ratio, found.low, found.high) == (None, 0.0, np.inf)
    assert found.outcome is Outcome.UNDECIDED
