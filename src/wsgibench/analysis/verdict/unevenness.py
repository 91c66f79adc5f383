"""Curves that are none: a limit that is broken below a capacity, or kept above it, or broken by what is no queue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

from wsgibench.analysis.capacities import Rung, capacity_of
from wsgibench.analysis.readable import readable_rungs
from wsgibench.model.curve import Curve, Limit
from wsgibench.model.run import FinishedRun
from wsgibench.model.trial import Trial
from wsgibench.model.verdict import Caution
from wsgibench.stats.curves import Censoring, monotone_shares
from wsgibench.stats.distributions import binomial_at_most, binomial_more_than
from wsgibench.units import counted

_CHANCE = 0.001
"""That so many requests break a limit, or so few, where the curve says otherwise."""
_CLEARLY = 1.1
"""Nearer to the capacity than that, a queue makes it now so, now so."""


_NO_QUEUE = 0.5
"""Of the median that a queue would have which makes so many requests slow."""


@dataclass(frozen=True)
class Uneven:
    """Rates, in 1/s: at which the limit was broken below the capacity, kept above it, or broken by no queue."""

    broken_per_s: tuple[float, ...] = ()
    kept_per_s: tuple[float, ...] = ()
    still_per_s: tuple[float, ...] = ()


def uneven_curves(run: FinishedRun) -> Iterator[Caution]:
    """A caution for each stack whose curve is uneven in most of its trials."""
    curve = run.run.plan.curve
    for stack in run.run.plan.stacks if curve else ():
        trials = [trial for trial in run.trials if trial.stack == stack and trial.counts and trial.rungs]
        found = [unevenness(readable_rungs(run.run.plan, trial), curve) for trial in trials] if curve else []
        uneven = [each for each in found if each != Uneven()]
        if len(uneven) > len(trials) / 2:
            yield Caution(
                name="uneven-curve",
                cause=f"{stack.label} {_in_words(uneven, trials)}.",
                figure=float(len(uneven)),
                advice="It stands still now and then, or is slower when it has little to do, or some of its answers "
                "always take so long: its capacity holds for all rates together, not for each. Hold rates longer "
                "(--hold), and see its curve.",
            )


def unevenness(rungs: Sequence[Rung], curve: Curve) -> Uneven:
    """Of one trial: what no chance makes of a curve that rises."""
    found = capacity_of(rungs, curve)
    if found is None:
        return Uneven()
    is_less = found.crossing.censoring is Censoring.LESS_THAN
    low, high = found.crossing.low_per_s / _CLEARLY, found.crossing.high_per_s * (1.0 if is_less else _CLEARLY)
    limits = [limit for limit in curve.limits if found.limit in (None, limit.text)]
    return Uneven(
        tuple(each.rate_per_s for limit in limits for each in rungs if each.rate_per_s < low and _breaks(each, limit)),
        tuple(
            rung.rate_per_s
            for limit in limits
            for rung, share in _with_shares(rungs, limit)
            if rung.rate_per_s > high and rung.is_sustained and _keeps(rung, limit, share)
        ),
        tuple(each.rate_per_s for limit in limits for each in rungs if _stood_still(each, limit)),
    )


def _with_shares(rungs: Sequence[Rung], limit: Limit) -> Iterator[tuple[Rung, float]]:
    """Each with requests, and the share of them that breaks the limit by the curve."""
    asked = sorted((rung for rung in rungs if rung.broken(limit)[1]), key=lambda rung: rung.rate_per_s)
    broken, requests = zip(*(rung.broken(limit) for rung in asked), strict=True) if asked else ((), ())
    sustained = [rung.is_sustained for rung in asked]
    yield from zip(asked, monotone_shares(broken, requests, limit.share, sustained).tolist(), strict=True)


def _breaks(rung: Rung, limit: Limit) -> bool:
    broken, requests = rung.broken(limit)
    return broken > limit.share * requests and binomial_more_than(broken - 1, requests, limit.share) < _CHANCE


def _keeps(rung: Rung, limit: Limit, share: float) -> bool:
    """Whether it keeps the limit, and the curve's share is not by chance so much higher."""
    broken, requests = rung.broken(limit)
    keeps, should_break = broken <= limit.share * requests, share > limit.share
    return keeps and should_break and binomial_at_most(broken, requests, share) < _CHANCE


def _stood_still(rung: Rung, limit: Limit) -> bool:
    """Whether what is slow did not wait in a queue, of which most would have known something.

    Times in a long queue are exponential (J. F. C. Kingman, "On queues in heavy traffic", Journal of the Royal
    Statistical Society B 24 (1962), 383-392): the share that is slower than the limit tells what the median is.
    """
    broken, requests = rung.broken(limit)
    if limit.is_of_errors or rung.median_s is None or not 0 < 2 * broken < requests or not _breaks(rung, limit):
        return False
    return rung.median_s < _NO_QUEUE * limit.most * log(2) / log(requests / broken)


def _in_words(uneven: Sequence[Uneven], trials: Sequence[Trial]) -> str:
    still = [rate for each in uneven for rate in each.still_per_s]
    broken = [rate for each in uneven for rate in each.broken_per_s]
    kept = [rate for each in uneven for rate in each.kept_per_s]
    often = f"in {len(uneven)} of {counted(len(trials), 'trial')}"
    if not kept and not broken:
        most = f" to {max(still):,.4g}/s" if max(still) > min(still) else ""
        return f"broke a limit by answers far slower than most, {often}, at {min(still):,.4g}/s{most}"
    if not kept:
        return f"broke a limit at rates below what it bears, too, {often}, up to {max(broken):,.4g}/s"
    said = f"kept a limit at rates above what it bears, too, {often}, up to {max(kept):,.4g}/s"
    return f"{said}, and broke it at rates below, up to {max(broken):,.4g}/s" if broken else said
