"""What a rate must keep beside response times, however long these may be: few failures, and no queue that grows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wsgibench.analysis.capacities import Rung, rungs_of
from wsgibench.model.curve import Limit
from wsgibench.model.run import FinishedRun
from wsgibench.model.trial import Trial
from wsgibench.report.conclusions.quantities import significant
from wsgibench.report.rates import RateCurve, curve_trials
from wsgibench.stats.curves import Censoring, Crossing, crossing

QUEUE = "queue"
_GROWN_SHARE = 0.25
"""Of no meaning: all requests of a rate at which a queue grew count alike, and none of any other."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Up to which rate something is kept: ``by`` is ``errors`` or ``queue``; the rest is as in ``Standing``."""

    by: str
    rate: float
    low: float | None
    high: float | None
    bound: str


def kept_by(trials: Sequence[Trial], limits: Sequence[Limit]) -> list[Kept]:
    """Of a candidate's trials, from counts as its capacity is; what all of them keep at all rates is left out."""
    rungs = [list(rungs_of(trial)) for trial in trials]
    found = {limit.figure: [_by_errors(each, limit) for each in rungs] for limit in limits if limit.is_of_errors}
    found[QUEUE] = [_by_queues(each) for each in rungs]
    return [kept for by, crossings in found.items() for kept in _over_blocks(by, crossings)]


def grown_rates_per_s(trials: Iterable[Trial]) -> list[float]:
    """The lowest rate of each trial at which a queue grew while it was held; each once, the lowest first."""
    grown = ([rung.rate_per_s for rung in rungs_of(trial) if not rung.is_sustained] for trial in trials)
    return sorted({min(rates) for rates in grown if rates})


def queues_in_words(run: FinishedRun) -> list[str]:
    """A sentence about queues that grew, and from which rates on; none where none did."""
    grown = {stack.label: grown_rates_per_s(trials) for stack, trials in curve_trials(run).items()}
    where = [f"{name} from {significant(rates[0])}/s" for name, rates in grown.items() if rates]
    return [f"Queues grew while a rate was held, so that it counts as not kept: {', '.join(where)}."] if where else []


def _by_errors(rungs: Sequence[Rung], limit: Limit) -> Crossing | None:
    rates, failures, requests = _columns(rungs)
    return crossing(rates, failures, requests, limit.share, is_flat=True)


def _by_queues(rungs: Sequence[Rung]) -> Crossing | None:
    rates, _, requests = _columns(rungs)
    held = [rung.is_sustained for rung in rungs]
    return crossing(rates, np.zeros(len(rates)), requests, _GROWN_SHARE, sustained=held)


def _columns(rungs: Sequence[Rung]) -> tuple[list[float], list[int], list[int]]:
    return (
        [rung.rate_per_s for rung in rungs],
        [rung.failures for rung in rungs],
        [rung.requests for rung in rungs],
    )


def _over_blocks(by: str, crossings: Sequence[Crossing | None]) -> Iterator[Kept]:
    known = [each for each in crossings if each is not None]
    less, more = (any(each.censoring is kind for each in known) for kind in (Censoring.LESS_THAN, Censoring.AT_LEAST))
    if all(each.censoring is Censoring.AT_LEAST for each in known):
        return
    rates = RateCurve(np.ones(1), np.array([[each.rate_per_s] for each in known]))
    [low], [high] = rates.band
    yield Kept(
        by=by,
        rate=float(rates.middle[0]),
        low=None if less or np.isnan(low) else float(low),
        high=None if more or np.isnan(high) else float(high),
        # Of trials that contradict each other nothing is said, as of a standing.
        bound="" if less == more else "less than" if less else "at least",
    )
