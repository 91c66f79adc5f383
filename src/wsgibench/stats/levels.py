"""How high each stack stands, by itself: what a ranking shows beside the differences."""

from dataclasses import dataclass

import numpy as np

from wsgibench.model.recording import Floats
from wsgibench.stats.distributions import t_quantile


@dataclass(frozen=True)
class Levels:
    """Logarithms, all of shape (stacks,). ``low`` and ``high`` are NaN where a stack has fewer than two figures."""

    value: Floats
    low: Floats
    high: Floats


def levels(
    table: Floats, effects: Floats | None = None, *, error: float = 0.05, beyond: float | Floats = 0.0
) -> Levels:
    """The mean logarithm of each stack, each with an interval that misses it with probability ``error``.

    Args:
        table: logarithms, shape (blocks, stacks), NaN where a trial did not count; each stack has a figure.
        effects: of the stacks (``blocks.estimate``); with them the levels are as far apart as the effects, and blocks
            that a stack missed do not move it. Without them, plain means.
        error: of each interval by itself.
        beyond: by how much it reaches farther on either side, for what is wrong in all figures alike; one for all, or
            shape (stacks,).

    The interval is Student's, from the stack's own figures: it holds what a block adds to all of them alike, so that it
    says where the figure lies on this machine, not how stacks differ.
    Source: Student, "The Probable Error of a Mean", Biometrika 6 (1908), 1-25.
    """
    counts = np.isfinite(table).sum(axis=0)
    means = np.nanmean(table, axis=0)
    value = means if effects is None else effects + np.nanmean(table - effects)
    spare = np.maximum(counts - 1, 1)
    squares = np.nansum((table - means) ** 2, axis=0)
    reach = t_quantile(spare, 1 - error / 2) * np.sqrt(squares / spare / counts) + beyond
    reach = np.where(counts > 1, reach, np.nan)
    return Levels(value, value - reach, value + reach)
