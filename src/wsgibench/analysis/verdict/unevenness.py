"""Curves that are none: rates below a capacity at which its limit was broken all the same."""

from collections.abc import Iterator

from wsgibench.analysis.verdict.capacities import capacity_of, rungs_of
from wsgibench.model.curve import Curve
from wsgibench.model.run import FinishedRun
from wsgibench.model.trial import Trial
from wsgibench.model.verdict import Caution
from wsgibench.units import counted

_REQUESTS_LEAST = 100
"""Of fewer a single slow one breaks any limit."""


def uneven_curves(run: FinishedRun) -> Iterator[Caution]:
    """A caution for each stack of which that is so in most of its trials."""
    curve = run.run.plan.curve
    for stack in run.run.plan.stacks if curve else ():
        trials = [trial for trial in run.trials if trial.stack == stack and trial.counts and trial.rungs]
        uneven = [rates for trial in trials if (rates := _broken_below(trial, curve))] if curve else []
        if len(uneven) > len(trials) / 2:
            highest = max(max(rates) for rates in uneven)
            yield Caution(
                name="uneven-curve",
                cause=f"{stack.label} broke a limit at rates below what it bears, too, in {len(uneven)} of "
                f"{counted(len(trials), 'trial')}, up to {highest:,.4g}/s.",
                figure=float(len(uneven)),
                advice="It stands still now and then, or is slower when it has little to do: its capacity holds for "
                "all rates together, not for each. Hold rates longer (--hold), and see its curve.",
            )


def _broken_below(trial: Trial, curve: Curve) -> list[float]:
    """Rates below the rung that is next below the capacity at which the limit that decided was broken."""
    rungs = [*rungs_of(trial)]
    found = capacity_of(rungs, curve)
    if found is None:
        return []
    below = [rung for rung in rungs if rung.rate_per_s < found.crossing.low_per_s]
    limits = [limit for limit in curve.limits if found.limit in (None, limit.text)]
    return [
        rung.rate_per_s
        for rung in below
        for broken, requests in (rung.broken(limit) for limit in limits)
        if requests >= _REQUESTS_LEAST and broken > max(limit.share for limit in limits) * requests
    ]
