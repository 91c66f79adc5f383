"""Means of independent figures that outliers do not pull, and what is known of their differences."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wsgibench.stats.distributions import t_quantile

TRIM = 0.1
"""The share of a sample left out at either end: nothing of fewer than ten figures, which are too few to spare any."""


@dataclass(frozen=True)
class Estimate:
    """A quantity, the variance of its estimate, and the degrees of freedom of that.

    ``value`` is NaN where nothing is known; ``variance`` is infinite where the noise cannot be told.
    """

    value: float
    variance: float
    freedom: float

    def __sub__(self, other: "Estimate") -> "Estimate":
        """The difference of two independent estimates, whose variances need not be alike.

        Source: B. L. Welch, "The Generalization of 'Student's' Problem when Several Different Population Variances are
        Involved", Biometrika 34 (1947), 28-35; the degrees of freedom are Satterthwaite's (1946).
        """
        variance = self.variance + other.variance
        parts = self.variance**2 / self.freedom + other.variance**2 / other.freedom
        # Without any noise the ratio is 0 / 0, and nothing is left to estimate.
        freedom = variance**2 / parts if 0 < parts < np.inf else np.inf
        return Estimate(self.value - other.value, variance, freedom)

    def interval(self, error: float) -> tuple[float, float]:
        """Misses the truth with probability ``error``; from minus infinity to infinity where nothing is known."""
        if not np.isfinite(self.value) or not np.isfinite(self.variance):
            return -np.inf, np.inf
        reach = float(t_quantile(min(self.freedom, 1e9), 1 - error / 2) * np.sqrt(self.variance))
        return self.value - reach, self.value + reach


def trimmed_mean(sample: npt.ArrayLike) -> Estimate:
    """The mean without the outer ``TRIM`` on either side; NaN in the sample is left out.

    Fewer than ten figures are not trimmed: then it is the mean, and a difference of two is Welch's.
    Sources: J. W. Tukey, D. H. McLaughlin, "Less Vulnerable Confidence and Significance Procedures for Location Based
    on a Single Sample", Sankhya A 25 (1963), 331-352; K. K. Yuen, "The Two-Sample Trimmed t for Unequal Population
    Variances", Biometrika 61 (1974), 165-170.
    """
    figures = np.asarray(sample, dtype=np.float64)
    figures = np.sort(figures[np.isfinite(figures)])
    if not len(figures):
        return Estimate(np.nan, np.inf, 1.0)
    cut = int(TRIM * len(figures))
    inner = figures[cut : len(figures) - cut]
    kept = len(inner)
    if kept < 2:
        return Estimate(float(inner.mean()), np.inf, 1.0)
    winsorized = np.clip(figures, inner[0], inner[-1])
    squares = ((winsorized - winsorized.mean()) ** 2).sum()
    return Estimate(float(inner.mean()), float(squares / (kept * (kept - 1))), kept - 1.0)
