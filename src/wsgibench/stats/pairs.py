"""What is known about each pair of stacks."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from wsgibench.model.recording import Floats
from wsgibench.model.verdict import Outcome
from wsgibench.stats.intervals import Intervals

MARGIN = 0.05
"""Stacks that are less than 5 % apart are as good as one another, unless the user says otherwise."""

MARGIN_MOST = 0.5
"""Stacks of which one does twice as much as the other are not tied for anybody."""

Regions = tuple[tuple[float, float], ...]
"""Ranges of a difference of logarithms, rising; they may overlap. An interval within one of them answers a question."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two stacks by their columns. ``ratio`` is the first's figure by the second's, with its interval.

    ``ratio`` is None, and the interval reaches from 0 to infinity, where the two could not be compared.
    """

    first: int
    second: int
    ratio: float | None
    low: float
    high: float
    outcome: Outcome


def settled_within(margin: float) -> Regions:
    """Where a pair is worse, tied or better."""
    edge = float(np.log1p(margin))
    return (-np.inf, 0.0), (-edge, edge), (0.0, np.inf)


def outcomes(intervals: Intervals, margin: float = MARGIN) -> list[list[Outcome]]:
    """The outcome for each row against each column; a stack is tied with itself.

    Intervals are of differences of logarithms, the better stack having the greater one. A margin of 0.05 means ratios
    from 1/1.05 to 1.05. Source: D. J. Schuirmann, "A Comparison of the Two One-Sided Tests Procedure and the Power
    Approach for Assessing the Equivalence of Average Bioavailability", Journal of Pharmacokinetics and
    Biopharmaceutics 15 (1987), 657-680.
    """
    edge = np.log1p(margin)
    tied = (intervals.low >= -edge) & (intervals.high <= edge)
    choices = [tied, intervals.low >= 0, intervals.high <= 0]
    names = [Outcome.TIED, Outcome.BETTER, Outcome.WORSE, Outcome.UNDECIDED]
    which = np.select(choices, [0, 1, 2], default=3)
    return [[names[number] for number in row] for row in which]


def pairs_of(differences: Floats, intervals: Intervals, *, margin: float, higher_is_better: bool) -> tuple[Pair, ...]:
    """All pairs, in the order of the columns; logarithms become ratios of figures."""
    outcome = outcomes(intervals, margin)
    # Of latencies the logarithms were turned round, so that the better stack has the greater one.
    low, high = (intervals.low, intervals.high) if higher_is_better else (-intervals.high, -intervals.low)
    log_ratio = differences if higher_is_better else -differences
    with np.errstate(over="ignore"):  # beyond what a float holds nothing is known
        low, high = np.exp(low), np.exp(high)
    return tuple(
        Pair(
            first=first,
            second=second,
            ratio=float(np.exp(log_ratio[first, second])) if np.isfinite(log_ratio[first, second]) else None,
            low=float(low[first, second]),
            high=float(high[first, second]),
            outcome=outcome[first][second],
        )
        for first, second in combinations(range(len(outcome)), 2)
    )
