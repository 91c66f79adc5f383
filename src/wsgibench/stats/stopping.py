"""Whether a run should go on: what is still open, and how long it would take."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, stdtrit

from wsgibench.model.recording import Floats
from wsgibench.stats.pairs import Outcome
from wsgibench.stats.sequential import Judgement

HOPELESS = 0.05
"""A run is not worth going on with when the chance to settle any open pair is less than this."""


@dataclass(frozen=True)
class Forecast:
    """What more blocks would bring.

    Attributes:
        chance: that the pair most likely to be settled of those still open will be; 1 while nothing can be said.
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
    estimates = judgement.estimates
    open_pairs = _open_pairs(judgement)
    if not open_pairs[0].size:
        return Forecast(1.0, judgement.blocks)
    if estimates is None or judgement.pair_level is None:
        return Forecast(1.0, None)
    apart = np.abs(estimates.differences[open_pairs])
    errors = estimates.standard_errors[open_pairs]
    critical = stdtrit(estimates.difference_freedoms[open_pairs], 1 - judgement.pair_level / 2)
    edge = float(np.log1p(judgement.margin))
    chances = _chances(apart, errors, critical, edge, judgement.blocks / max(blocks_possible, judgement.blocks))
    return Forecast(float(chances.max()), _blocks_needed(judgement.blocks, critical * errors, apart, edge))


def _open_pairs(judgement: Judgement) -> tuple[np.ndarray[tuple[int], np.dtype[np.intp]], ...]:
    undecided = np.array([[outcome is Outcome.UNDECIDED for outcome in row] for row in judgement.outcomes])
    return np.nonzero(np.triu(undecided, 1))


def _chances(apart: Floats, errors: Floats, critical: Floats, edge: float, share_seen: float) -> Floats:
    """That the interval at the end excludes zero or lies within the edge, shape of the pairs; 0 where unknown."""
    known = np.isfinite(apart)
    apart, errors = np.where(known, apart, 0.0), np.where(known, errors, 1.0)
    reach = critical * errors * np.sqrt(share_seen)
    to_come = np.maximum(errors * np.sqrt(1 - share_seen), np.finfo(float).tiny)

    def below(value: Floats) -> Floats:
        return np.asarray(ndtr((value - apart) / to_come))

    excludes = 1 - below(reach) + below(-reach)
    room = np.maximum(edge - reach, 0.0)
    within = np.where(reach < edge, below(room) - below(-room), 0.0)
    return np.where(known, np.minimum(excludes + within, 1.0), 0.0)


def _blocks_needed(blocks: int, reach: Floats, apart: Floats, edge: float) -> int | None:
    """Intervals shrink with the root of the blocks, until they exclude zero or fit within the edge."""
    wanted = np.maximum(apart, edge - apart)
    if not np.isfinite(wanted).all() or not (wanted > 0).all():
        return None
    needed = blocks * ((reach / wanted) ** 2).max()
    return max(int(np.ceil(needed)), blocks + 1)
