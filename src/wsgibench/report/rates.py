"""Figures of the candidates against the rate that was asked for, from the rungs of their curves."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wsgibench.analysis.capacities import figures_by_rate
from wsgibench.model.curve import Limit
from wsgibench.model.recording import Floats
from wsgibench.model.run import FinishedRun
from wsgibench.model.stack import Stack
from wsgibench.model.trial import PhaseFigures, Trial
from wsgibench.report.axes import Axis, rate_axis
from wsgibench.stats.distributions import t_quantile
from wsgibench.stats.latency import PERCENTILES

_ALWAYS = ("p50", "p90", "p99")
BESIDE = {
    "failures": ("Failed requests by requests/s", "% (0.001 stands for none)"),
    "answered": ("Good answers by requests/s", "answers/s"),
}
"""Title and unit of what is shown beside the response times."""
_POINTS = 48
_ERROR = 0.05
_BLOCKS_LEAST = 3
"""For a band: of two, it would be thirteen times as wide as they are apart."""


@dataclass(frozen=True)
class RateCurve:
    """One figure of a candidate at rising rates, block by block.

    Attributes:
        rates_per_s: shape (rates,).
        blocks: shape (blocks, rates), NaN where a block did not go so far.
        rises: whether it never falls in a block, and so does not in their middle.
    """

    rates_per_s: Floats
    blocks: Floats
    rises: bool = False

    @property
    def middle(self) -> Floats:
        """The geometric mean over the blocks that have it, the arithmetic one where it is 0 in one; shape (rates,).

        NaN where fewer than half of the blocks went so far: those are the ones that bore more than the others.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            middle = np.where((self.blocks == 0).any(axis=0), np.nanmean(self.blocks, axis=0), np.exp(self._mean))
        middle = np.where(2 * np.isfinite(self.blocks).sum(axis=0) >= len(self.blocks), middle, np.nan)
        # Where a block ends, the middle of the others may lie below that of all.
        return np.fmax.accumulate(middle) + 0 * middle if self.rises else middle

    @property
    def band(self) -> tuple[Floats, Floats]:
        """Its 95 % confidence interval at each rate by itself (Student's); NaN of two blocks, and where one has a 0."""
        counts = np.isfinite(self.blocks).sum(axis=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a rate that one block alone has no band
            spread = np.nanstd(np.log(self.blocks), axis=0, ddof=1)
        reach = t_quantile(np.maximum(counts - 1, 1), 1 - _ERROR / 2) * spread / np.sqrt(np.maximum(counts, 1))
        reach = np.where(counts >= _BLOCKS_LEAST, reach, np.nan)
        return np.exp(self._mean - reach), np.exp(self._mean + reach)

    @property
    def _mean(self) -> Floats:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return np.asarray(np.nanmean(np.log(self.blocks), axis=0))


Curves = Mapping[Stack, Mapping[str, RateCurve]]
"""By candidate and figure: percentiles in ms, failed requests in percent of all, good answers a second."""


def percentiles_of(limits: Sequence[Limit]) -> tuple[str, ...]:
    """Those of which curves are shown: of the p999 where there is a limit of it, as few requests lie beyond it."""
    limited = {limit.figure for limit in limits}
    return tuple(name for name in PERCENTILES if name in _ALWAYS or name in limited)


def axis_of(curves: Curves) -> Axis:
    """From the lowest rate of them all to the highest; of no curve some axis."""
    rates = [rate for each in curves.values() for rate in each["failures"].rates_per_s] or [1.0, 10.0]
    return rate_axis(float(min(rates)), float(max(rates)))


def rate_curves(run: FinishedRun) -> dict[Stack, dict[str, RateCurve]]:
    """By candidate and figure, of the trials that count, in the plan's order; candidates without such are left out.

    Within a block a percentile is made to rise with the rate, as a capacity takes it to; between rates that were
    measured it is a straight line in logarithms.
    """
    curve = run.run.plan.curve
    figures = (*percentiles_of(curve.limits if curve else ()), *BESIDE)
    return {stack: _of_candidate(trials, figures) for stack, trials in curve_trials(run).items()}


def curve_trials(run: FinishedRun) -> dict[Stack, list[Trial]]:
    """The trials with a curve that count, by candidate in the plan's order; candidates without such are left out."""
    trials = {
        stack: [trial for trial in run.trials if trial.stack == stack and trial.counts and trial.rungs]
        for stack in run.run.plan.stacks
    }
    return {stack: its for stack, its in trials.items() if its}


def _of_candidate(trials: Sequence[Trial], names: Sequence[str]) -> dict[str, RateCurve]:
    measured = [_measured(trial) for trial in trials]
    rates = [rate for each in measured for rate, _ in each]
    grid = np.geomspace(min(rates), max(rates), _POINTS)
    return {
        name: RateCurve(grid, np.array([_on(grid, each, name) for each in measured]), rises=name in PERCENTILES)
        for name in names
    }


def _measured(trial: Trial) -> list[tuple[float, PhaseFigures]]:
    found = [(rate_per_s, figures) for rate_per_s, _, figures in figures_by_rate(trial)]
    return sorted(found, key=lambda each: each[0])


def _on(grid: Floats, measured: Sequence[tuple[float, PhaseFigures]], name: str) -> Floats:
    # Imported here: it takes half a second, and only curves need it.
    from scipy.optimize import isotonic_regression  # noqa: PLC0415

    found = [(rate, _figure(figures, name), figures.requests) for rate, figures in measured]
    known = [(rate, value, requests) for rate, value, requests in found if value is not None]
    if not known:
        return np.full(len(grid), np.nan)
    rates, values, weights = (np.array(column, np.float64) for column in zip(*known, strict=True))
    if name in PERCENTILES:
        values = np.exp(isotonic_regression(np.log(values), weights=weights).x)
    inside = (grid >= rates[0] * (1 - 1e-9)) & (grid <= rates[-1] * (1 + 1e-9))
    return np.where(inside, _between(np.log(grid), np.log(rates), values), np.nan)


def _between(at: Floats, logs: Floats, values: Floats) -> Floats:
    """Straight in logarithms; towards a 0, which has none, straight as it is."""
    straight, beside_none = np.interp(at, logs, values), np.interp(at, logs, values == 0)
    in_logarithms = np.interp(at, logs, np.log(np.where(values > 0, values, 1.0)))
    return np.where(beside_none > 0, straight, np.exp(in_logarithms))


_NO_FAILURES = 1e-3
"""Percent that stands for none, in a logarithm."""


def _figure(figures: PhaseFigures, name: str) -> float | None:
    if name == "failures":
        return max(100 * figures.failures / figures.requests, _NO_FAILURES) if figures.requests else None
    if name == "answered":
        return figures.requests_per_s
    value_s: float | None = getattr(figures, f"{name}_s")
    return None if value_s is None else value_s * 1e3
