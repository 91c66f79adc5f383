"""What a rate must keep beside response times, however long these may be: few failures, and no queue that grows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wsgibench.analysis.capacities import Rung
from wsgibench.analysis.readable import readable_rungs, readable_to_per_s
from wsgibench.model.curve import Limit
from wsgibench.model.plan import Plan
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
    """Up to which rate something is kept: ``by`` is ``errors`` or ``queue``; the rest is as in ``Standing``.

    ``rates`` are those of the blocks, of some of them ends of the curve.
    """

    by: str
    rate: float
    low: float | None
    high: float | None
    bound: str
    rates: tuple[float, ...]


def kept_by(plan: Plan, trials: Sequence[Trial], limits: Sequence[Limit]) -> list[Kept]:
    """Of a candidate's trials, from counts as its capacity is; what all of them keep at all rates is left out."""
    rungs = [readable_rungs(plan, trial) for trial in trials]
    found = {limit.figure: [_by_errors(each, limit) for each in rungs] for limit in limits if limit.is_of_errors}
    found[QUEUE] = [_by_queues(each) for each in rungs]
    return [kept for by, crossings in found.items() for kept in _over_blocks(by, crossings)]


def grown_rates_per_s(plan: Plan, trials: Iterable[Trial]) -> list[float]:
    """The lowest rate of each trial at which a queue grew while it was held; each once, the lowest first.

    Of those that can be read: further up the load engine may be what did not keep up.
    """
    grown = ([rung.rate_per_s for rung in readable_rungs(plan, trial) if not rung.is_sustained] for trial in trials)
    return sorted({min(rates) for rates in grown if rates})


def queues_in_words(run: FinishedRun) -> list[str]:
    """A sentence about queues that grew, and from which rates on; none where none did."""
    grown = {stack.label: grown_rates_per_s(run.run.plan, trials) for stack, trials in curve_trials(run).items()}
    where = [f"{name} from {significant(rates[0])}/s" for name, rates in grown.items() if rates]
    return [f"Queues grew while a rate was held, which counts against it: {', '.join(where)}."] if where else []


def readable_to(run: FinishedRun) -> dict[str, float]:
    """By stack, the highest rate that can be read in all of its trials; infinite where all can."""
    return {
        stack.label: min(readable_to_per_s(run.run.plan, trial) for trial in trials)
        for stack, trials in curve_trials(run).items()
    }


def weak_in_words(run: FinishedRun) -> list[str]:
    """A sentence about curves that cannot be read to their ends; none where all can."""
    ends = {stack: per_s for stack, per_s in readable_to(run).items() if np.isfinite(per_s)}
    weak = [f"{stack} beyond {significant(per_s)}/s" for stack, per_s in ends.items()]
    return [f"Weak, for the load engine took more than it may: {', '.join(weak)}."] if weak else []


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
        rates=tuple(each.rate_per_s for each in known),
    )
