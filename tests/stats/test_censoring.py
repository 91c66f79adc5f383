"""Figures of which only a bound is known: what is said of them stays true wherever they truly lie."""

import numpy as np
import pytest

from wsgibench.model.verdict import Outcome
from wsgibench.stats.sequential import judge

RANDOM = np.random.default_rng(5)
TABLE = np.array([100.0, 200.0, 400.0]) * np.exp(RANDOM.normal(0, 0.01, (6, 3)))


def judged(column, kind):
    censoring = np.zeros(TABLE.shape, int)
    censoring[2, column] = kind
    return judge(TABLE, looks=(6,), censoring=censoring)


def test_who_bears_at_least_more_is_better():
    """How much more is not said."""
    found = judged(2, 1)
    assert found.outcomes[2][:2] == [Outcome.BETTER, Outcome.BETTER]
    assert found.intervals.low[2, 0] > 1
    assert found.intervals.high[2, 0] == np.inf
    assert found.winner == 2


def test_who_bears_at_least_less_may_yet_be_better():
    """The first is at least at 100, and may lie anywhere above: neither is it worse, nor the last one best."""
    found = judged(0, 1)
    assert found.outcomes[0][1:] == [Outcome.UNDECIDED, Outcome.UNDECIDED]
    assert found.outcomes[2][1] == Outcome.BETTER
    assert found.winner is None


def test_who_bears_less_than_less_is_worse():
    """And one that bears less than more may be anywhere below."""
    assert judged(0, -1).outcomes[0][1:] == [Outcome.WORSE, Outcome.WORSE]
    assert judged(2, -1).outcomes[2][:2] == [Outcome.UNDECIDED, Outcome.UNDECIDED]
    assert judged(2, -1).winner is None


@pytest.mark.parametrize("kind", [1, -1])
def test_pairs_of_others_are_judged_as_before(kind):
    """A bound of the third says nothing of the first two."""
    free, found = judge(TABLE, looks=(6,)), judged(2, kind)
    assert found.intervals.low[1, 0] == free.intervals.low[1, 0]
