"""How one stack stands against others of its run, block by block."""

import numpy as np

from wsgibench.model.recording import Floats
from wsgibench.stats.additive import Bools, comparable, fit_additive
from wsgibench.stats.blocks import BlockEstimates, estimate
from wsgibench.stats.means import Estimate

UNKNOWN = Estimate(np.nan, np.inf, 1.0)


def contrast(table: Floats, weights: Floats) -> Estimate:
    """The weighted sum of the stacks' effects; what a block does to all stacks cancels.

    Args:
        table: logarithms, shape (blocks, stacks), NaN where a trial did not count.
        weights: shape (stacks,), of sum 0: 1 for a stack and -1/3 for each of three others sets it against their mean.

    Effects, variances and their degrees of freedom are those of ``blocks.estimate``. Source for the variance of a
    contrast: Scheffé, The Analysis of Variance (1959), section 3.5; of its freedom, Satterthwaite (1946).
    """
    present = np.isfinite(table)
    used = weights != 0
    if not comparable(present)[np.ix_(used, used)].all():
        return UNKNOWN
    estimates = estimate(table)
    if estimates is None:
        effects = fit_additive(table, present.astype(float)).effects
        return Estimate(float(weights @ effects), np.inf, 1.0)
    effects = np.where(used, estimates.effects, 0.0)
    return Estimate(float(weights @ effects), *_noise(estimates, weights, used))


def _noise(estimates: BlockEstimates, weights: Floats, used: Bools) -> tuple[float, float]:
    """The variance of the contrast, and its degrees of freedom.

    The factors F are the variances of all differences, so that the variance of a contrast w is - w'Fw / 2; a stack's
    share of it is that of its row.
    """
    mine = weights[used]
    shares = -mine * (estimates.factors[np.ix_(used, used)] @ mine) / 2
    parts = shares * estimates.variances[used]
    variance = max(float(parts.sum()), 0.0)
    spread = float((parts**2 / estimates.freedoms[used]).sum())
    freedom = variance**2 / spread if spread > 0 else np.inf
    return variance, min(freedom, float(estimates.freedom))
