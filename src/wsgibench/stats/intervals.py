"""Confidence intervals for all differences between stacks at once, and the test that names the best stack."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wsgibench.model.recording import Floats
from wsgibench.stats.blocks import BlockEstimates
from wsgibench.stats.distributions import t_quantile


@dataclass(frozen=True)
class Intervals:
    """Of every difference, row less column; both of shape (stacks, stacks), and ``low`` is ``-high.T``.

    Unknown differences reach from minus infinity to infinity.
    """

    low: Floats
    high: Floats

    @staticmethod
    def unknown(stacks: int) -> "Intervals":
        """Nothing is known but that each stack equals itself."""
        high = np.full((stacks, stacks), np.inf)
        np.fill_diagonal(high, 0.0)
        return Intervals(-high, high)

    def narrowed(self, newer: "Intervals") -> "Intervals":
        """What both say; where they contradict one another, the newer.

        Intervals that hold at all looks together hold together, so what was settled once stays settled.
        Source: H. Robbins, "Statistical Methods Related to the Law of the Iterated Logarithm", Annals of Mathematical
        Statistics 41 (1970), 1397-1409 (confidence sequences).
        """
        low, high = np.maximum(self.low, newer.low), np.minimum(self.high, newer.high)
        agree = low <= high
        return Intervals(np.where(agree, low, newer.low), np.where(agree, high, newer.high))

    def without(self, hidden: npt.ArrayLike) -> "Intervals":
        """Open below where that is hidden, and above where it is of the same difference turned round."""
        unknown = np.array(hidden, np.bool_)
        np.fill_diagonal(unknown, val=False)
        return Intervals(np.where(unknown, -np.inf, self.low), np.where(unknown.T, np.inf, self.high))

    def with_best(self, stack: int, seen: npt.ArrayLike) -> "Intervals":
        """Cut at zero on that stack's side: whatever else, it is better than each other one of those seen.

        Source: J. C. Hsu, "Constrained Simultaneous Confidence Intervals for Multiple Comparisons with the Best",
        Annals of Statistics 12 (1984), 1136-1144 (intervals that end at zero).
        """
        low, high = self.low.copy(), self.high.copy()
        low[stack] = np.where(seen, np.maximum(low[stack], 0.0), low[stack])
        high[:, stack] = np.where(seen, np.minimum(high[:, stack], 0.0), high[:, stack])
        return Intervals(low, high)


def simultaneous_intervals(estimates: BlockEstimates, level: float) -> Intervals:
    """Intervals for all differences; ``level`` is the error allowed for each one.

    Give it the error of all divided by the number of pairs. Source: C. E. Bonferroni (1936), by way of O. J. Dunn,
    "Multiple Comparisons Among Means", Journal of the American Statistical Association 56 (1961), 52-64.
    Tukey's are 2 to 5 % narrower at the levels of a look, but know neither missing cells nor noisier stacks.
    """
    known = np.isfinite(estimates.differences)
    centre = np.where(known, estimates.differences, 0.0)
    reach = np.where(known, _critical(estimates, level) * np.where(known, estimates.standard_errors, 0.0), np.inf)
    np.fill_diagonal(reach, 0.0)
    return Intervals(centre - reach, centre + reach)


def best_stack(estimates: BlockEstimates, level: float) -> int | None:
    """The stack that is better than each other one, or None; wrong with probability ``level`` at most.

    Each of its differences must be significant at the level of one comparison: that there are many does not matter,
    because it must win all of them. The chance to err is greatest when just two stacks lead, far ahead of the others.
    Sources: S. Gutmann, Z. Maymin, "Is the Selected Population the Best?", Annals of Statistics 15 (1987), 456-461;
    R. L. Berger, "Multiparameter Hypothesis Testing and Acceptance Sampling", Technometrics 24 (1982), 295-300.
    """
    present = np.isfinite(estimates.effects)
    if present.sum() < 2:
        return None
    leader = int(np.nanargmax(estimates.effects))
    others = present.copy()
    others[leader] = False
    ahead = estimates.differences > _critical(estimates, level) * estimates.standard_errors
    return leader if bool(ahead[leader, others].all()) else None


def _critical(estimates: BlockEstimates, level: float) -> Floats:
    """Student's two-sided quantile for each difference, shape (stacks, stacks)."""
    return np.asarray(t_quantile(estimates.difference_freedoms, 1 - level / 2))
