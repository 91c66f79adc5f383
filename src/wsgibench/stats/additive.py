"""The additive model of a block design: figure = stack + block + error, fitted by weighted least squares.

With all cells present the difference of two stacks is the mean of their differences within blocks, so that whatever a
block does to all stacks cancels. Cells that are missing are allowed for exactly.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wsgibench.model.recording import Floats

Bools = npt.NDArray[np.bool_]

_SINGULAR = 1e-9
"""Eigenvalues of this share of the greatest one are 0 but for rounding."""


@dataclass(frozen=True)
class AdditiveFit:
    """A table of shape (blocks, stacks) taken apart.

    Attributes:
        effects: of the stacks, shape (stacks,); only differences of comparable stacks mean something.
        residuals: what is left, shape (blocks, stacks); 0 where the weight is 0.
        inverse: of the stacks' information matrix, shape (stacks, stacks).
    """

    effects: Floats
    residuals: Floats
    inverse: Floats

    @property
    def difference_factors(self) -> Floats:
        """The variance of each difference of two effects, for errors of variance 1; shape (stacks, stacks)."""
        diagonal = np.diag(self.inverse)
        return np.asarray(diagonal[:, np.newaxis] + diagonal - 2 * self.inverse)


def fit_additive(table: Floats, weights: Floats) -> AdditiveFit:
    """The weighted least squares fit; cells of weight 0 may hold anything, NaN too.

    The blocks are swept out first, which leaves one equation for each stack.
    Source: H. Scheffé, The Analysis of Variance, Wiley (1959), section 5.2 (two-way layout, unequal numbers); for the
    reduced equations, P. W. M. John, Statistical Design and Analysis of Experiments (1971), chapter 11.
    """
    known = np.where(weights > 0, table, 0.0)
    in_block = np.maximum(weights.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    share = weights / in_block
    centred = known - (share * known).sum(axis=1, keepdims=True)
    information = np.diag(weights.sum(axis=0)) - weights.T @ share
    # Effects are known up to a shift of each group of comparable stacks; the pseudo-inverse takes the shift that
    # centres them, and copes with stacks that have no cell at all.
    values, vectors = np.linalg.eigh(information)
    kept = values > _SINGULAR * values[-1]
    inverse = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
    effects = inverse @ (weights * centred).sum(axis=0)
    rest = known - effects
    blocks = (share * rest).sum(axis=1, keepdims=True)
    return AdditiveFit(effects, np.where(weights > 0, rest - blocks, 0.0), inverse)


def comparable(present: Bools) -> Bools:
    """Which stacks met, in one block or by way of others; shape (stacks, stacks), a stack without cells met none.

    Source: R. C. Bose, "The design of experiments", Proceedings of the 34th Indian Science Congress (1947): an effect
    can be estimated just between stacks that a chain of shared blocks connects.
    """
    met = present.T.astype(int) @ present.astype(int) > 0
    while True:
        further = met.astype(int) @ met.astype(int) > 0
        if np.array_equal(further, met):
            return np.asarray(met)
        met = further


def residual_freedom(present: Bools) -> int:
    """How many residuals are free: cells, less those that the fit of blocks and stacks takes up.

    It takes one for each block and each stack that has cells, but for one in each group of comparable stacks.
    """
    met = comparable(present)
    stacks = np.flatnonzero(np.diag(met))
    groups = len({tuple(met[stack]) for stack in stacks})
    return int(present.sum()) - int(present.any(axis=1).sum()) - len(stacks) + groups
