"""Whether a run should go on: what is still open, and how long it would take."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from wsgibench.model.verdict import Outcome
from wsgibench.stats.blocks import BlockEstimates
from wsgibench.stats.distributions import normal_below, t_quantile
from wsgibench.stats.pairs import Regions, settled_within
from wsgibench.stats.sequential import Judgement

HOPELESS = 0.05
"""A run is not worth going on with when the chance to settle any open pair is less than this."""


@dataclass(frozen=True)
class Question:
    """What is asked of two stacks (columns); answered once the interval of their difference lies in a region."""

    first: int
    second: int
    regions: Regions


@dataclass(frozen=True)
class Forecast:
    """What more blocks would bring.

    Attributes:
        chance: that the question most likely to be answered will be; 1 where nothing can be said yet, and where nothing
            is open.
        blocks_needed: about how many blocks the run would need in all to answer every question, if the estimates and
            the noise stay as they are. None where that cannot be said: no interval yet, two stacks that never met, or a
            difference that lies just where two regions meet.
    """

    chance: float
    blocks_needed: int | None

    @property
    def hopeless(self) -> bool:
        """Whether to stop although something is open. Stopping for this never makes a false statement likelier."""
        return self.chance < HOPELESS


def forecast(judgement: Judgement, blocks_possible: int) -> Forecast:
    """What to expect for the undecided pairs of going on to ``blocks_possible`` blocks in all."""
    if judgement.settled:
        return Forecast(1.0, judgement.blocks)
    regions = settled_within(judgement.margin)
    pairs = [
        Question(first, second, regions)
        for first, row in enumerate(judgement.outcomes)
        for second, outcome in enumerate(row)
        if first < second and outcome is Outcome.UNDECIDED
    ]
    return forecast_of(pairs, judgement, blocks_possible)


def forecast_of(questions: Sequence[Question], judgement: Judgement, blocks_possible: int) -> Forecast:
    """The same for open questions, one at least.

    Source: K. K. G. Lan, R. Simon, M. Halperin, "Stochastically Curtailed Tests in Long-Term Clinical Trials",
    Sequential Analysis 1 (1982), 207-219: the chance given the present trend.
    """
    estimates = judgement.estimates
    if estimates is None or judgement.blocks < judgement.looks[0]:
        return Forecast(1.0, None)
    levels = dict(zip(judgement.looks, judgement.pair_levels, strict=True))
    ends = [look for look in judgement.looks if judgement.blocks < look <= blocks_possible]
    last = judgement.looks[-1]
    found = [_Trend.of(question, judgement.blocks, estimates) for question in questions]
    needed = [trend.blocks_needed(last, levels[last]) for trend in found]
    return Forecast(
        max(trend.chance(ends[-1], levels[ends[-1]]) for trend in found) if ends else 0.0,
        None if None in needed else max(number for number in needed if number),
    )


@dataclass(frozen=True)
class _Trend:
    """A question, and the difference that it is about, after some blocks; NaN where the two stacks never met."""

    regions: Regions
    blocks: int
    difference: float
    error: float
    freedom: float

    @classmethod
    def of(cls, question: Question, blocks: int, estimates: BlockEstimates) -> "_Trend":
        index = question.first, question.second
        return cls(
            question.regions,
            blocks,
            float(estimates.differences[index]),
            float(estimates.standard_errors[index]),
            float(estimates.difference_freedoms[index]),
        )

    def reach(self, end: int, level: float) -> float:
        """Half the length that the interval will have after ``end`` blocks."""
        grown = end / self.blocks
        return float(t_quantile(self.freedom * grown, 1 - level / 2)) * self.error / sqrt(grown)

    def chance(self, end: int, level: float) -> float:
        """That the interval after ``end`` blocks lies in one of the regions; 0 where nothing is known."""
        if not np.isfinite(self.difference):
            return 0.0
        reach = self.reach(end, level)
        # The later estimate is spread about the present one by what the blocks to come add.
        spread = max(self.error * sqrt(1 - self.blocks / end), np.finfo(float).tiny)
        chance, until = 0.0, -np.inf
        for low, high in self.regions:
            # Regions overlap: what lies in two must not count twice.
            begin, until = max(low + reach, until), max(high - reach, until)
            below = normal_below((np.array((begin, until)) - self.difference) / spread)
            chance += max(float(below[1] - below[0]), 0)
        return chance

    def blocks_needed(self, end: int, level: float) -> int | None:
        """The interval shrinks with the root of the blocks, until it lies in a region."""
        room = max(min(self.difference - low, high - self.difference) for low, high in self.regions)
        if not np.isfinite(self.difference) or room <= 0:
            return None
        return max(int(np.ceil(end * (self.reach(end, level) / room) ** 2)), self.blocks + 1)
