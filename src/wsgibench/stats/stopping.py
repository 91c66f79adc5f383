"""Whether a run should go on: what is still open, and how long it would take."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, stdtrit

from wsgibench.model.recording import Floats
from wsgibench.model.verdict import Outcome
from wsgibench.stats.sequential import Judgement

HOPELESS = 0.05
"""A run is not worth going on with when the chance to settle any open pair is less than this."""


@dataclass(frozen=True)
class Forecast:
    """What more blocks would bring.

    Attributes:
        chance: that the pair most likely to be settled of those still open will be; 1 where nothing can be said yet,
            and where nothing is open.
        blocks_needed: about how many blocks the run would need in all to settle every pair, if the estimates and the
            noise stay as they are. None where that cannot be said: no interval yet, two stacks that never met, or a
            difference of exactly nothing without a margin.
    """

    chance: float
    blocks_needed: int | None

    @property
    def hopeless(self) -> bool:
        """Whether to stop although pairs are open. Stopping for this never makes a false statement likelier."""
        return self.chance < HOPELESS


def forecast(judgement: Judgement, blocks_possible: int) -> Forecast:
    """What to expect of going on to ``blocks_possible`` blocks in all.

    Source: K. K. G. Lan, R. Simon, M. Halperin, "Stochastically Curtailed Tests in Long-Term Clinical Trials",
    Sequential Analysis 1 (1982), 207-219: the chance given the present trend.
    """
    if judgement.settled:
        return Forecast(1.0, judgement.blocks)
    pairs = _open_pairs(judgement)
    if pairs is None:
        return Forecast(1.0, None)
    edge = float(np.log1p(judgement.margin))
    levels = dict(zip(judgement.looks, judgement.pair_levels, strict=True))
    ends = [look for look in judgement.looks if judgement.blocks < look <= blocks_possible]
    chance = float(pairs.chances(ends[-1], levels[ends[-1]], edge).max()) if ends else 0.0
    last = judgement.looks[-1]
    return Forecast(chance, pairs.blocks_needed(last, levels[last], edge))


@dataclass(frozen=True)
class _OpenPairs:
    """Differences of the pairs that are undecided after some blocks; arrays of shape (pairs,)."""

    blocks: int
    differences: Floats
    errors: Floats
    freedoms: Floats

    def reach(self, end: int, level: float) -> Floats:
        """Half the length that the intervals will have after ``end`` blocks; infinite where unknown."""
        grown = end / self.blocks
        return np.asarray(stdtrit(self.freedoms * grown, 1 - level / 2) * self.errors / np.sqrt(grown))

    def chances(self, end: int, level: float, edge: float) -> Floats:
        """That the intervals after ``end`` blocks exclude zero or lie within the edge; 0 where unknown."""
        known = np.isfinite(self.differences)
        centre, errors = np.where(known, self.differences, 0.0), np.where(known, self.errors, 1.0)
        # The later estimate is spread about the present one by what the blocks to come add.
        spread = np.maximum(errors * np.sqrt(1 - self.blocks / end), np.finfo(float).tiny)

        def inside(limit: Floats) -> Floats:
            return np.asarray(ndtr((limit - centre) / spread) - ndtr((-limit - centre) / spread))

        reach = np.where(known, self.reach(end, level), 0.0)
        tied_up_to = np.maximum(edge - reach, 0.0)
        # A pair for which both hold is tied, and must not count twice.
        settled = inside(tied_up_to) + 1 - inside(np.maximum(reach, tied_up_to))
        return np.where(known, settled, 0.0)

    def blocks_needed(self, end: int, level: float, edge: float) -> int | None:
        """Intervals shrink with the root of the blocks, until they exclude zero or fit within the edge."""
        apart = np.abs(self.differences)
        wanted = np.maximum(apart, edge - apart)
        if not np.isfinite(wanted).all() or not (wanted > 0).all():
            return None
        needed = end * ((self.reach(end, level) / wanted) ** 2).max()
        return max(int(np.ceil(needed)), self.blocks + 1)


def _open_pairs(judgement: Judgement) -> _OpenPairs | None:
    """None before the first look, and while no noise can be told."""
    estimates = judgement.estimates
    if estimates is None or judgement.blocks < judgement.looks[0]:
        return None
    undecided = np.array([[outcome is Outcome.UNDECIDED for outcome in row] for row in judgement.outcomes])
    places = np.nonzero(np.triu(undecided, 1))
    return _OpenPairs(
        judgement.blocks,
        estimates.differences[places],
        estimates.standard_errors[places],
        estimates.difference_freedoms[places],
    )
