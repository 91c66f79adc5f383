"""The capacity of a stack in a trial, from the rungs of its curve."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt

from wsgibench.model.curve import AGAIN, Curve, Limit
from wsgibench.model.plan import Phase
from wsgibench.model.trial import PhaseFigures, Trial, Turn
from wsgibench.stats.curves import READ_TO, Censoring, Crossing, crossing, smallest


@dataclass(frozen=True, kw_only=True)
class Rung:
    """What came of a rate.

    Attributes:
        requests, failures: all that fell due, and those that did not end well.
        timed: of which the time is known.
        slower: how many took longer than each limit allows, by its text.
        is_sustained: whether no queue grew.
        median_s: of the response times; None where it is not known.
    """

    rate_per_s: float
    requests: int
    failures: int
    timed: int
    slower: dict[str, int] = field(default_factory=dict)
    is_sustained: bool = True
    median_s: float | None = None

    def broken(self, limit: Limit) -> tuple[int, int]:
        """How many requests broke the limit, of how many."""
        return (self.failures, self.requests) if limit.is_of_errors else (self.slower[limit.text], self.timed)


def grew(piece: Turn) -> bool:
    """Whether a queue grew: more waits in the end than chance alone makes fall due at a rate that is borne.

    Requests that come at random are one in the root of their number too many or too few, as their standard deviation.
    """
    return not piece.has_settled and piece.pending > sqrt(sum(piece.outcomes.values()))


@dataclass(frozen=True)
class Capacity:
    """Of a candidate in a trial: where the first of the limits is broken, and its text; None where none is.

    ``by_queue`` says that a queue grew at a rate at which no limit was broken yet, ``by_engine`` of what is but "at
    least" that the curve goes on, and cannot be read there for what the load engine took (``analysis.readable``).
    """

    crossing: Crossing
    limit: str | None
    by_queue: bool = False
    by_engine: bool = False


HOLD_LIMITS = 20
"""A rate is held for so many times a limit: 5 % more than is borne makes a queue that breaks it."""
_FEW = 100
"""Requests that fit into a limit: a queue of more is near to all that a stack can do, however long a rate is held."""
_READ_POWER = -0.7
"""By benchmarks/capacity_simulated.py, for a fifth and an eighth of the requests."""


def held_share(curve: Curve, per_s: float) -> float:
    """How long rates were held of a stack that bears so much, of what its queue takes to form; 1.0 for long enough."""
    longest_s = max((limit.most for limit in curve.limits if not limit.is_of_errors), default=0.0)
    is_long_queue = longest_s * per_s > _FEW
    usual = Curve(limits=()).requests
    if curve.hold_s is None:
        return 1.0 if is_long_queue else min(curve.hold_share * curve.requests / usual, 1.0)
    usual_s = max(HOLD_LIMITS * longest_s, 0.0 if is_long_queue else usual / per_s)
    return min(curve.hold_s / usual_s, 1.0) if usual_s else 1.0


def read_to(curve: Curve, per_s: float) -> float:
    """By how much the logarithm of a capacity of so much may be wrong in all blocks alike."""
    return float(READ_TO * held_share(curve, per_s) ** _READ_POWER)


def capacity_of(rungs: Sequence[Rung], curve: Curve) -> Capacity | None:
    """The capacity; None where nothing was measured."""
    capacity = _first_broken(rungs, curve)
    if capacity is None or capacity.limit is None or all(rung.is_sustained for rung in rungs):
        return capacity
    without = _first_broken([replace(rung, is_sustained=True) for rung in rungs], curve)
    later = without is not None and without.crossing.high_per_s > capacity.crossing.high_per_s
    return replace(capacity, by_queue=without is None or without.limit is None or later)


def _first_broken(rungs: Sequence[Rung], curve: Curve) -> Capacity | None:
    found = {limit.text: each for limit in curve.limits if (each := _crossing(rungs, limit)) is not None}
    if not found:
        return None
    decisive = smallest(found.values())
    if decisive.censoring is Censoring.AT_LEAST:
        return Capacity(decisive, None)
    text = next(text for text, each in found.items() if each is decisive)
    unknown = [each for each in found.values() if each.censoring is Censoring.LESS_THAN]
    if decisive.censoring is Censoring.NONE and unknown:
        # What is not known to be kept below its own end may be broken below this one.
        too_few = all(each.too_few for each in unknown)
        decisive = replace(decisive, censoring=Censoring.LESS_THAN, too_few=too_few)
    return Capacity(decisive, text)


def is_of_curve(rung: str) -> bool:
    """Whether a capacity follows from the rung of that name, which was not measured to see how the stack recovered."""
    return not rung.startswith(AGAIN)


def figures_by_rate(trial: Trial) -> Iterator[tuple[float, Phase, PhaseFigures]]:
    """The rungs that have figures and that a capacity follows from, each with its rate."""
    for phase in trial.rungs:
        figures = trial.phases.get(phase.name)
        rate_per_s = phase.load.last_per_s
        if figures is not None and rate_per_s is not None and is_of_curve(phase.name):
            yield rate_per_s, phase, figures


def rungs_of(trial: Trial) -> Iterator[Rung]:
    """Of a trial with figures, those that its capacity follows from."""
    for rate_per_s, phase, figures in figures_by_rate(trial):
        yield rung_of(rate_per_s, figures, trial.pieces_of(phase.name))


def rung_of(rate_per_s: float, figures: PhaseFigures, pieces: Iterable[Turn]) -> Rung:
    """What came of a rate, from its figures and of how it ended."""
    return Rung(
        rate_per_s=rate_per_s,
        requests=figures.requests,
        failures=figures.failures,
        timed=figures.timed,
        slower=figures.slower,
        is_sustained=not any(map(grew, pieces)),
        median_s=figures.p50_s,
    )


def _crossing(rungs: Sequence[Rung], limit: Limit) -> Crossing | None:
    if not rungs:
        return None
    broken, requests = zip(*(rung.broken(limit) for rung in rungs), strict=True)
    return crossing(
        [rung.rate_per_s for rung in rungs],
        broken,
        requests,
        limit.share,
        sustained=[rung.is_sustained for rung in rungs],
        is_flat=limit.is_of_errors,
    )
