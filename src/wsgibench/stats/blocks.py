"""What randomised complete blocks say: estimates that outliers do not pull, and how noisy each stack is.

Tables hold logarithms of figures, shape (blocks, stacks), NaN where a trial did not count.
"""

from dataclasses import dataclass

import numpy as np

from wsgibench.model.recording import Floats
from wsgibench.stats.additive import AdditiveFit, Bools, comparable, fit_additive, residual_freedom

CLIP = 2.0
"""Residuals beyond so many standard deviations are pulled in. Chosen by simulation (docs/explanation/statistics.md)."""

PRIOR_FREEDOM = 4.0
"""How much the noise of all stacks together says about one stack's, in degrees of freedom. Chosen by simulation."""

FLOOR_MOST, FLOOR_BLOCKS = 0.5, 2.5
"""A stack's variance is at least this share of that of its own trials, outliers and all: half up to five blocks, with
n blocks 2.5 / n. The fewer they are, the less an outlier can be told from noise. Chosen by simulation."""

SPARED = 0.1
"""The share of a stack's trials that may lie anywhere without raising that: none of fewer than ten (``means.TRIM``)."""

NOISE_LEAST = 0.002
"""Nothing on a machine repeats to less than 0.2 %: figures that agree better are rounded, or coincide by chance."""

_ROUNDS = 30
_MAD_OF_NORMAL = 0.6744897501960817
"""The median of the absolute value of a standard normal variable."""


@dataclass(frozen=True)
class BlockEstimates:
    """Estimates from a table of logarithms; all arrays by stack, in the order of the columns.

    Attributes:
        effects: shape (stacks,). NaN where a stack has no figure.
        variances: of one trial of each stack, shape (stacks,), moderated towards that of all stacks together.
        freedoms: the degrees of freedom of those, shape (stacks,).
        freedom: of the residuals of all stacks together.
        factors: variance of each difference of effects for trials of variance 1, shape (stacks, stacks); infinite
            where two stacks cannot be compared.
    """

    effects: Floats
    variances: Floats
    freedoms: Floats
    freedom: int
    factors: Floats

    @property
    def differences(self) -> Floats:
        """Row less column, shape (stacks, stacks); NaN where two stacks cannot be compared."""
        difference = self.effects[:, np.newaxis] - self.effects
        return np.where(np.isfinite(self.factors), difference, np.nan)

    @property
    def standard_errors(self) -> Floats:
        """Of the differences, shape (stacks, stacks); infinite where two stacks cannot be compared."""
        mean_variance = (self.variances[:, np.newaxis] + self.variances) / 2
        return np.where(np.isfinite(self.factors), np.sqrt(mean_variance * self.factors), np.inf)

    @property
    def difference_freedoms(self) -> Floats:
        """Degrees of freedom of the standard errors, shape (stacks, stacks), never more than of all residuals.

        Source: F. E. Satterthwaite, "An Approximate Distribution of Estimates of Variance Components",
        Biometrics Bulletin 2 (1946), 110-114.
        """
        variance, freedom = self.variances, self.freedoms
        part = variance**2 / freedom
        together = (variance[:, np.newaxis] + variance) ** 2
        parts = part[:, np.newaxis] + part
        # Without any noise the ratio is 0 / 0; nothing is left to estimate then.
        ratio = np.divide(together, parts, out=np.full(parts.shape, np.inf), where=parts > 0)
        return np.asarray(np.minimum(ratio, self.freedom))


def estimate(table: Floats, *, clip: float = CLIP) -> BlockEstimates | None:
    """Estimates of stacks and noise; None where no residual is left to tell the noise from.

    Effects are Huber's M-estimates in the additive model. The noise comes from residuals clipped at ``clip`` standard
    deviations and enlarged for that (``inf`` clips nothing: plain least squares). Each stack has a noise of its own,
    moderated towards the common one, because a few blocks say little about one stack; and a floor under it, because
    blocks of which most coincide by chance look far more exact than they are.

    Sources: P. J. Huber, "Robust Regression: Asymptotics, Conjectures and Monte Carlo", Annals of Statistics 1 (1973),
    799-821 (the estimates, the enlargement); P. J. Bickel, "Another Look at Robustness", Scandinavian Journal of
    Statistics 3 (1976), 145-168 (least squares on pseudo-observations); G. K. Smyth, "Linear Models and Empirical
    Bayes Methods for Assessing Differential Expression in Microarray Experiments", Statistical Applications in
    Genetics and Molecular Biology 3 (2004) (moderated variances; here with a fixed weight).
    """
    present = np.isfinite(table)
    freedom = residual_freedom(present)
    if freedom < 1:
        return None
    plain = fit_additive(table, present.astype(float))
    effects, clipped, residuals = _huber(table, present, plain, freedom, clip)
    variances, freedoms = _moderated(clipped, present, freedom)
    met = comparable(present)
    return BlockEstimates(
        effects=np.where(np.diag(met), effects, np.nan),
        variances=np.maximum(variances, _floor(residuals, present)),
        freedoms=freedoms,
        freedom=freedom,
        factors=np.where(met, plain.difference_factors, np.inf),
    )


def residual_noise(table: Floats) -> float:
    """The standard deviation of a trial: of the two-way residuals of a table of logarithms, by degrees of freedom.

    0.02 means 2 % from trial to trial. NaN where no residual is free. Source: Scheffé (1959), section 4.2.
    """
    present = np.isfinite(table)
    freedom = residual_freedom(present)
    if freedom < 1:
        return float("nan")
    residuals = fit_additive(table, present.astype(float)).residuals
    return float(np.sqrt((residuals**2).sum() / freedom))


def _huber(
    table: Floats, present: Bools, start: AdditiveFit, freedom: int, clip: float
) -> tuple[Floats, Floats, Floats]:
    """Effects; clipped residuals, whose sum of squares over the degrees of freedom is the variance of one observation;
    and the residuals as they are.
    """
    fit = start
    scale = _scale(fit.residuals, present, freedom)
    if not np.isfinite(clip) or not scale.all():
        return fit.effects, fit.residuals, fit.residuals
    for _ in range(_ROUNDS):
        limit = clip * scale
        weights = np.where(present, limit / np.maximum(np.abs(fit.residuals), limit), 0.0)
        before, fit = fit.effects, fit_additive(table, weights)
        scale = _scale(fit.residuals, present, freedom)
        if not scale.all():
            return start.effects, start.residuals, start.residuals
        if np.abs(fit.effects - before).max() < 1e-9 * scale.max():
            break
    limit = clip * scale
    inside = (np.abs(fit.residuals) <= limit)[present].mean()
    cells = present.sum()
    enlargement = (1 + (cells - freedom) / cells * (1 - inside) / inside) / inside
    return fit.effects, np.clip(fit.residuals, -limit, limit) * enlargement, fit.residuals


def _scale(residuals: Floats, present: Bools, freedom: int) -> Floats:
    """A robust standard deviation by stack, shape (stacks,): its own, but never less than that of all stacks.

    Too large a scale clips too little, which costs a little precision; too small a one would take a noisy stack's
    ordinary figures for outliers and make it look precise.
    """
    size = np.sort(np.where(present, np.abs(residuals), np.inf), axis=0)  # missing cells come last
    counts = present.sum(axis=0)
    stacks = np.arange(len(counts))
    middle = (size[np.maximum(counts - 1, 0) // 2, stacks] + size[np.minimum(counts // 2, len(size) - 1), stacks]) / 2
    own = np.where(counts > 0, middle, 0.0)
    shrunk = np.sqrt(present.sum() / freedom)  # residuals are smaller than errors
    return np.asarray(np.maximum(own, np.median(size[np.isfinite(size)])) / _MAD_OF_NORMAL * shrunk)


def _moderated(residuals: Floats, present: Bools, freedom: int) -> tuple[Floats, Floats]:
    """Variances and their degrees of freedom by stack."""
    common = (residuals**2).sum() / freedom
    own_freedom = _own_freedom(present)
    squares = (residuals**2).sum(axis=0)
    variances = (PRIOR_FREEDOM * common + squares) / (PRIOR_FREEDOM + own_freedom)
    return variances, np.minimum(PRIOR_FREEDOM + own_freedom, freedom)


def _floor(residuals: Floats, present: Bools) -> Floats:
    """What the variance of each stack is at least.

    The residuals are Winsorized by ``SPARED``. Of two stacks and fewer than ten blocks it makes an interval at least
    0.5 to 0.7 times as wide as Student's. Where no residual was clipped it hardly ever raises anything.
    Sources: P. J. Rousseeuw, S. Verboven, "Robust Estimation in Very Small Samples", Computational Statistics and Data
    Analysis 40 (2002), 741-758 (a robust scale implodes where few figures coincide); W. J. Dixon, J. W. Tukey,
    "Approximate Behavior of the Distribution of Winsorized t", Technometrics 10 (1968), 83-98.
    """
    counts = present.sum(axis=0)
    sizes = np.sort(np.where(present, np.abs(residuals), 0.0), axis=0)  # missing cells come first
    last = len(sizes) - 1 - (SPARED * counts).astype(int)
    squares = (np.minimum(sizes, sizes[last, np.arange(len(counts))]) ** 2).sum(axis=0)
    own_freedom = _own_freedom(present)
    own = np.divide(squares, own_freedom, out=np.zeros(len(counts)), where=own_freedom > 0)
    share = np.minimum(FLOOR_MOST, FLOOR_BLOCKS / np.maximum(counts, 1))
    return np.asarray(np.maximum(own * share, NOISE_LEAST**2))


def _own_freedom(present: Bools) -> Floats:
    """Of each stack's residuals: (stacks - 1) / stacks of its trials less one; the blocks took up the others."""
    stacks = max(int(present.any(axis=0).sum()), 2)
    return np.asarray(np.maximum(present.sum(axis=0) - 1, 0) * (stacks - 1) / stacks)
