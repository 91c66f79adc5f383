"""Which rates a candidate is measured at in a block: wide apart over all it bears, then close round the limit."""

from collections.abc import Iterable
from math import floor, log10

import numpy as np

from wsgibench.analysis.capacities import HOLD_LIMITS, Rung, capacity_of, grew, is_of_curve
from wsgibench.model.curve import AGAIN, CURVE, Curve
from wsgibench.model.learned import Learned
from wsgibench.model.load import Rate
from wsgibench.model.plan import Phase
from wsgibench.model.trial import Turn
from wsgibench.stats.curves import Censoring

_LIGHT, _TOP, _WIDE = 0.1, 1.08, 5
"""The wide rungs, in shares of what the first look found that the candidate bears."""
_APART = 1.06
"""Rates next to the limit are to be no further apart: then it matters little how the curve runs between them."""
_BETWEEN, _ROUNDS = 3, 2.2
"""So many rates are tried at once between two that are too far apart, and so often, about."""
_HIGHER = (1.12, 1.25, 1.4)
_LOWER = (1 / 2, 1 / 4, 1 / 8)
_REFINED_MOST, _LOWERED_MOST = 4, 2
"""Rounds between two rates or beyond the highest one, and below the lowest one: a stack that keeps a limit nowhere is
not worth more of them."""
RUNGS_MOST = _WIDE + (_REFINED_MOST + _LOWERED_MOST) * _BETWEEN + 1
"""Of a candidate in a block: the last one is the lightest, again."""
_HOLD_S = 2.0
_WIDE_SHARE = 0.5
"""Of that, where a rate is wide apart from the others: such rungs show the curve, and do not decide."""
_HOLD_SERVICES = 100
_HOLD_QUEUES, _LONGER_MOST = 10, 3
"""A queue that just keeps a limit into which ``n`` requests fit forgets within ``n * n`` requests or so how long it was
(its relaxation time): a rate is held for some of these, if that is not far longer than else."""
_QUEUE_MOST = 100
"""Where more fit, the limit is kept to within 2 % of all that a stack can do, however long its queue is for a time."""
_SLOWER_MOST = 2
"""So many times as long is a rate held near a limit that is broken far below what the stack bears: it has few requests
there."""
_BEYOND = 10
"""Requests: fewer say nothing of a percentile."""
_WARM_SHARE, _WARM_MOST_S = 0.15, 1.0
_PATIENCE_SHARE = 0.25
_DRAIN_S = 0.3
"""What passes between two rates, beside that: half of them leave a queue behind."""


def hold_s(curve: Curve, learned: Learned) -> float:
    """How long each rate of a candidate is held: until a queue shows, and for enough requests."""
    if curve.hold_s is not None:
        return curve.hold_s
    longest_s = max((limit.most for limit in curve.limits if not limit.is_of_errors), default=0.0)
    fitting = longest_s * learned.bears_per_s
    queues = _HOLD_QUEUES * fitting**2 if fitting <= _QUEUE_MOST else 0.0
    requests = max(min(max(curve.requests, queues), _LONGER_MOST * curve.requests), _beyond(curve))
    long_s = max(_HOLD_S, HOLD_LIMITS * longest_s, _HOLD_SERVICES * learned.service_s, requests / learned.bears_per_s)
    return curve.hold_share * long_s


def planned_s(curve: Curve, learned: Learned) -> float:
    """How long a curve of a candidate takes, about: with what is refined, warm-ups and drains."""
    longest_s = max((limit.most for limit in curve.limits if not limit.is_of_errors), default=learned.service_s)
    keeps_none = longest_s < learned.service_s
    near = _LOWERED_MOST * _BETWEEN * _SLOWER_MOST if keeps_none else _ROUNDS * _BETWEEN
    holds = (_WIDE + 1) * _WIDE_SHARE + near
    drains_s = (_WIDE + 1 + near) * _DRAIN_S
    return holds * hold_s(curve, learned) * (1 + _WARM_SHARE + _PATIENCE_SHARE / 2) + drains_s


def _beyond(curve: Curve) -> float:
    """Requests of which ten lie beyond each percentile, as far as the budget lets a rate have all that it wants."""
    shares = [limit.share for limit in curve.limits if not limit.is_of_errors]
    return _BEYOND / min(shares, default=1.0) * curve.requests / Curve(limits=()).requests


class Ladder:
    """The rungs of one candidate in one block.

    Nothing is taken over from the blocks before, not even where the limit was found: what chance did in one of them
    would be found again in the next, and their figures would agree better than they are true.

    Attributes:
        rungs: those that were measured.
        seen: what came of those that a capacity follows from.
    """

    def __init__(self, curve: Curve, learned: Learned) -> None:
        self.rungs: list[Phase] = []
        self._curve = curve
        self._hold_s = hold_s(curve, learned)
        wide = _between(_LIGHT * learned.bears_per_s, _TOP * learned.bears_per_s, _WIDE)
        # First the lightest, by itself: how the candidate is before it was asked for more than it bears.
        self._steps = [self._wide(wide[:1]), self._wide(wide[1:])]
        self._refined = self._lowered = 0
        self.seen: list[Rung] = []
        self._is_complete = False

    def next(self) -> list[Phase]:
        """What to measure next, in any order; nothing more when the limit is found between two rates close together."""
        if self._is_complete:
            return []
        due = self._steps.pop(0) if self._steps else self._held(self._closer())
        known = {rung.name for rung in self.rungs}
        new = {rung.name: rung for rung in due if rung.name not in known}
        if new:
            return list(new.values())
        self._is_complete = True
        return self._wide([self.seen[0].rate_per_s], AGAIN) if self.seen else []

    def add(self, phase: Phase, done: Turn) -> None:
        """What came of one."""
        self.rungs.append(phase)
        rate_per_s = phase.load.last_per_s
        if rate_per_s is None or not is_of_curve(phase.name):
            return
        requests = sum(done.outcomes.values())
        limits = [limit.text for limit in self._curve.limits if not limit.is_of_errors]
        self.seen.append(
            Rung(
                rate_per_s=rate_per_s,
                requests=requests,
                failures=requests - done.outcomes.get("ok", 0),
                timed=done.outcomes.get("ok", 0) + done.outcomes.get("timeout", 0),
                slower=dict(zip(limits, done.slower, strict=True)),
                is_sustained=not grew(done),
            )
        )

    def _closer(self) -> Iterable[float]:
        """Rates where the limit must lie."""
        capacity = capacity_of(self.seen, self._curve)
        if capacity is None:
            return []
        found = capacity.crossing
        if found.censoring is Censoring.LESS_THAN:
            self._lowered += 1
            return [found.rate_per_s * share for share in _LOWER] if self._lowered <= _LOWERED_MOST else []
        self._refined += 1
        if self._refined > _REFINED_MOST:
            return []
        if found.censoring is Censoring.AT_LEAST:
            return [found.rate_per_s * share for share in _HIGHER]
        if found.high_per_s <= _APART * found.low_per_s:
            return []
        return _between(found.low_per_s, found.high_per_s, _BETWEEN + 2)[1:-1]

    def _wide(self, rates_per_s: Iterable[float], name: str = CURVE) -> list[Phase]:
        return [self._rung(name, rate, _WIDE_SHARE * self._hold_s) for rate in rates_per_s]

    def _held(self, rates_per_s: Iterable[float]) -> list[Phase]:
        return [self._rung(CURVE, rate, self._hold_s * self._times(rate)) for rate in rates_per_s]

    def _times(self, rate_per_s: float) -> float:
        """How many times as long as else the rate is held, for as many requests as the curve wants."""
        if self._curve.hold_s is not None:
            return 1.0
        return min(max(self._curve.requests / (rate_per_s * self._hold_s), 1.0), _SLOWER_MOST)

    def _rung(self, name: str, rate_per_s: float, hold_s: float) -> Phase:
        rate_per_s = _rounded(rate_per_s)
        return Phase(
            name=f"{name}-{rate_per_s:g}",
            load=Rate(start_per_s=rate_per_s, end_per_s=rate_per_s, connections_max=self._curve.connections_max),
            duration_s=hold_s,
            warmup_s=min(_WARM_SHARE * hold_s, _WARM_MOST_S),
            patience_s=_PATIENCE_SHARE * hold_s,
        )


def _between(low_per_s: float, high_per_s: float, count: int) -> list[float]:
    """So many rates from one to the other, log-spaced; Python's numbers, since they are sent and kept as JSON."""
    return [float(rate) for rate in np.geomspace(low_per_s, high_per_s, count)]


def _rounded(rate_per_s: float) -> float:
    """Three significant digits."""
    unit = 10.0 ** (floor(log10(rate_per_s)) - 2)
    return round(round(rate_per_s / unit) * unit, 9)
