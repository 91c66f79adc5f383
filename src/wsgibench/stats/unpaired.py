"""Two runs held against each other: what changed from the first to the second, and how sure that is.

Tables hold logarithms of figures, shape (blocks, stacks), NaN where a trial did not count; the columns are the stacks
that both runs have, in the same order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wsgibench.model.recording import Floats
from wsgibench.stats.additive import fit_additive
from wsgibench.stats.contrasts import contrast
from wsgibench.stats.means import Estimate, trimmed_mean


@dataclass(frozen=True)
class Unpaired:
    """Runs of which each has blocks of its own, in whatever number: one after the other, or on two machines."""

    before: Floats
    after: Floats

    def change(self, stack: int) -> Estimate:
        """Of that column. What a block does to all its stacks is part of the noise."""
        return trimmed_mean(self.after[:, stack]) - trimmed_mean(self.before[:, stack])

    def relative(self, weights: Floats) -> Estimate:
        """The change of a contrast (``contrasts.contrast``), whatever happened to all stacks of a run alike.

        Source: O. Ashenfelter, D. Card, "Using the Longitudinal Structure of Earnings to Estimate the Effect of
        Training Programs", Review of Economics and Statistics 67 (1985), 648-660 (difference in differences).
        """
        return contrast(self.after, weights) - contrast(self.before, weights)

    def shift(self, stacks: Sequence[int]) -> Estimate:
        """The change that these columns have in common: the median of their changes.

        As uncertain as the medians of the blocks, each stack's figures taken from its own level.
        """
        before, after = self.before[:, list(stacks)], self.after[:, list(stacks)]
        centre = (_levels(before) + _levels(after)) / 2
        noise = trimmed_mean(_medians(after - centre)) - trimmed_mean(_medians(before - centre))
        return replace(noise, value=_median_change(self, stacks))


@dataclass(frozen=True)
class Paired:
    """Runs whose blocks were measured by turns; ``differences``: of each pair, the later run's less the first's."""

    differences: Floats

    def change(self, stack: int) -> Estimate:
        """Of that column; what both blocks of a pair had in common cancels. Source: Student (1908)."""
        return trimmed_mean(self.differences[:, stack])

    def relative(self, weights: Floats) -> Estimate:
        """As ``Unpaired.relative``."""
        return contrast(self.differences, weights)

    def shift(self, stacks: Sequence[int]) -> Estimate:
        """As ``Unpaired.shift``."""
        noise = trimmed_mean(_medians(self.differences[:, list(stacks)]))
        return replace(noise, value=_median_change(self, stacks))


def _median_change(design: Unpaired | Paired, stacks: Sequence[int]) -> float:
    return float(np.median([design.change(stack).value for stack in stacks]))


def _medians(table: Floats) -> Floats:
    """Of each row that has a figure."""
    return np.asarray(np.nanmedian(table[np.isfinite(table).any(axis=1)], axis=1))


def _levels(table: Floats) -> Floats:
    """Of each column, as if it had been there in every block."""
    effects = fit_additive(table, np.isfinite(table).astype(float)).effects
    return np.asarray(effects + np.nanmean(table - effects))
