"""The judgement of a run after some of its blocks, with the error of all looks together kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from wsgibench.model.recording import Floats, Ints
from wsgibench.model.verdict import Outcome
from wsgibench.stats.additive import Bools
from wsgibench.stats.blocks import BlockEstimates, estimate
from wsgibench.stats.intervals import Intervals, best_stack, simultaneous_intervals
from wsgibench.stats.looks import nominal_levels
from wsgibench.stats.pairs import MARGIN, Pair, outcomes, pairs_of
from wsgibench.stats.ranking import ranks, winner

ERROR = 0.05
"""The probability that anything at all that is said in a run is false."""

_ALONE_SHARE = 0.8
"""Of the error, where there is one pair alone and more than one look. Levels are made for many degrees of freedom; with
the few of two stacks the looks are less alike than that. Of many pairs the inequality of Bonferroni leaves more room
than this. Chosen by simulation."""

_BEST_SHARE = 0.3
"""Of the error, for naming the best; the intervals have the rest. Chosen by simulation."""


@dataclass(frozen=True)
class Judgement:
    """What is known after some blocks. Stacks are the columns of the table.

    Attributes:
        blocks: how many have been seen.
        looks: after which blocks the run is looked at.
        estimates: from all blocks seen; None while there are too few.
        intervals: of the differences of logarithms, the better stack having the greater one.
        pair_levels: by look, what it allows for the error of one interval.
        hidden: of which differences, row less column, censored figures hide the least; shape (stacks, stacks).
    """

    blocks: int
    looks: tuple[int, ...]
    estimates: BlockEstimates | None
    intervals: Intervals
    pair_levels: tuple[float, ...]
    margin: float
    higher_is_better: bool
    hidden: Bools

    @property
    def differences(self) -> Floats:
        """Of logarithms, row less column, shape (stacks, stacks); NaN where unknown.

        Moved into the interval where an earlier look has narrowed it to values that the newest estimate misses.
        """
        if self.estimates is None:
            return np.full(self.intervals.low.shape, np.nan)
        return np.clip(self.estimates.differences, self.intervals.low, self.intervals.high)

    @cached_property
    def outcomes(self) -> list[list[Outcome]]:
        """For each row against each column."""
        return outcomes(self.intervals, self.margin)

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """All of them, with the ratios of the figures."""
        return pairs_of(self.differences, self.intervals, margin=self.margin, higher_is_better=self.higher_is_better)

    @property
    def ranks(self) -> tuple[int, ...]:
        """One for each stack, ties shared; 1 is best."""
        return ranks(self.outcomes)

    @property
    def winner(self) -> int | None:
        """The stack that is better than every other one, if there is one."""
        return winner(self.outcomes)

    @property
    def settled(self) -> bool:
        """Whether every pair is better, worse or tied."""
        return not any(Outcome.UNDECIDED in row for row in self.outcomes)


def judge(
    figures: npt.ArrayLike,
    *,
    looks: tuple[int, ...],
    higher_is_better: bool = True,
    margin: float = MARGIN,
    error: float = ERROR,
    censoring: npt.ArrayLike = 0,
) -> Judgement:
    """What the blocks seen so far say, every look up to now taken as it was then.

    Args:
        figures: shape (blocks, stacks), more than 0, NaN where a trial did not count. Leave out the stacks that failed.
        looks: after which blocks the run is looked at (``looks.looks_of``), fixed before it began; ``(12,)`` for
            twelve blocks without looks in between.
        higher_is_better: of throughput; False of latency and cost.
        margin: stacks within it are tied; 0.05 is a factor of 1.05 either way.
        error: the probability, over all looks together, that any interval misses the truth or a stack is named best
            that is not.
        censoring: of the figures, of their shape or one for all: 1 where the truth is at least the figure, -1 where it
            is less. Nothing is said that a figure further out could make false.

    Raises:
        ValueError: a figure is not more than 0, the table has another shape, or more blocks than looks allow for.
    """
    *_, last = judgements(
        figures, looks=looks, higher_is_better=higher_is_better, margin=margin, error=error, censoring=censoring
    )
    return last


def judgements(
    figures: npt.ArrayLike,
    *,
    looks: tuple[int, ...],
    higher_is_better: bool = True,
    margin: float = MARGIN,
    error: float = ERROR,
    censoring: npt.ArrayLike = 0,
) -> Iterator[Judgement]:
    """What each look said; last of all what is known now, be it a look or not. Arguments and errors as of ``judge``."""
    scores = _scores(figures, looks[-1], higher_is_better=higher_is_better)
    blocks, stacks = scores.shape
    pair_levels, best_levels = _levels(stacks, looks, error)
    intervals = Intervals.unknown(stacks)
    beyond = np.broadcast_to(np.asarray(censoring) * (1 if higher_is_better else -1), scores.shape)
    for look, pair_level, best_level in zip(looks, pair_levels, best_levels, strict=True):
        if look > blocks:
            break
        estimates = estimate(scores[:look])
        if estimates is not None:
            intervals = intervals.narrowed(_look(estimates, pair_level, best_level, _hidden(beyond[:look])))
        yield Judgement(
            look, looks, estimates, intervals, pair_levels, margin, higher_is_better, _hidden(beyond[:look])
        )
    if blocks not in looks:
        yield Judgement(
            blocks, looks, estimate(scores), intervals, pair_levels, margin, higher_is_better, _hidden(beyond)
        )


def _scores(figures: npt.ArrayLike, most_blocks: int, *, higher_is_better: bool) -> Floats:
    """Logarithms, turned round where less is better."""
    table = np.asarray(figures, dtype=np.float64)
    if table.ndim != 2 or len(table) > most_blocks:
        raise ValueError(f"a table of shape (at most {most_blocks} blocks, stacks) is needed, not {table.shape}")
    if (table <= 0).any() or np.isinf(table).any():
        raise ValueError("figures must be finite and more than 0; a trial that failed is NaN")
    return np.log(table) if higher_is_better else -np.log(table)


def _levels(stacks: int, looks: tuple[int, ...], error: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Levels by look: for the interval of one pair, and for naming the best."""
    pairs = max(stacks * (stacks - 1) // 2, 1)
    if pairs == 1 and len(looks) > 1:
        error *= _ALONE_SHARE
    # With two stacks the interval of the one pair names the best.
    best_error = _BEST_SHARE * error if pairs > 1 else 0.0
    pair_levels = nominal_levels((error - best_error) / pairs, looks)
    return pair_levels, nominal_levels(best_error, looks) if best_error else pair_levels


def _hidden(beyond: Ints) -> Bools:
    """Of which differences, row less column, the least is hidden: the row may lie lower, or the column higher."""
    if not beyond.any():
        return np.zeros((beyond.shape[1],) * 2, np.bool_)
    less, more = np.asarray((beyond < 0).any(axis=0)), np.asarray((beyond > 0).any(axis=0))
    return np.asarray(less[:, np.newaxis] | more)


def _look(estimates: BlockEstimates, pair_level: float, best_level: float, hidden: Bools) -> Intervals:
    intervals = simultaneous_intervals(estimates, pair_level)
    best = best_stack(estimates, best_level)
    seen = np.isfinite(estimates.effects)
    if hidden.any():
        intervals = intervals.without(hidden)
        if best is not None and np.delete(hidden[best] & seen, best).any():
            return intervals
    return intervals if best is None else intervals.with_best(best, seen)
