"""A stack that is slow for good once it was asked for too much has no one curve."""

from collections.abc import Sequence

from wsgibench.analysis.gates.evidence import Evidence, PhaseEvidence
from wsgibench.model.curve import AGAIN, CURVE
from wsgibench.model.trial import GateResult
from wsgibench.stats.distributions import binomial_more_than

_FAILING_SHARE = 0.05
_FAILING_LEAST = 5
"""Of a few requests one fails by chance."""
_CHANCE = 0.001
_ALONE_TIMES = 2
"""As many times the threshold, where a few answers are compared between which the machine may have changed."""
_NOTICED_S = 0.002
"""Less than that is no matter, unless it is more than it took before."""
_NOISE_S = 0.0005
"""So much a light load varies by itself, however short its answers are."""


def recovery(evidence: Evidence) -> GateResult | None:
    """At the lightest rate of a curve it answers afterwards as it did before, when it had not been overloaded yet."""
    after = next((phase for phase in evidence.phases if phase.is_rung and phase.name.startswith(AGAIN)), None)
    if after is None or not after.figures.requests:
        return None  # nothing fell due, where a rate is light and held briefly: that is no silence of the stack's
    name = after.name.replace(AGAIN, CURVE, 1)
    before = next((phase for phase in evidence.phases if phase.name == name), None)
    if before is None or before.figures.p50_s is None:
        return None
    was_s, is_s = before.figures.p50_s, after.figures.p50_s
    slower, load = None if is_s is None else _slower(before, after), "at a light load, before"
    allowed, alone = evidence.thresholds.recovery_times, _slower_alone(evidence.alone_s)
    if slower is not None and alone > max(slower, _ALONE_TIMES * allowed):
        slower, load = alone, "one request at a time, before it was warmed up"
        allowed *= _ALONE_TIMES
        was_s, is_s = evidence.alone_s
    fails = _fails(before, after)
    said = "did not answer" if is_s is None else f"answered in {is_s * 1e3:.1f} ms"
    failing = f", and {_failing(after):.0%} of its requests failed" if fails else ""
    return GateResult(
        name="recovery",
        passed=slower is not None and slower <= allowed and not fails,
        figure=slower,
        threshold=allowed,
        unit="times",
        cause=f"After it was asked for more than it bears it {said} {load} in {was_s * 1e3:.1f} ms (medians){failing}.",
        advice="Some rates were measured of a stack that had not recovered, so the curve is none. See why it does not: "
        "its log in the trial's folder says more.",
    )


def _slower(before: PhaseEvidence, after: PhaseEvidence) -> float:
    """How many times as long it takes, by median and mean, whichever has risen less.

    Of an app that takes now 4 ms, now 120, the median is either by chance, and the mean is neither.
    """
    pairs = ((before.figures.p50_s, after.figures.p50_s), (before.figures.mean_s, after.figures.mean_s))
    return min(_times(was_s, is_s) for was_s, is_s in pairs if was_s and is_s is not None)


def _slower_alone(alone_s: Sequence[float]) -> float:
    """The same of one request at a time, before the first that came beside others, and in the end; 0.0 if unknown.

    A stack may tire already as it is warmed up, by many requests at once, and be so from the curve's first rate on.
    """
    match alone_s:
        case was_s, is_s:
            return _times(was_s, is_s)
    return 0.0


def _times(was_s: float, is_s: float) -> float:
    return max(is_s - min(_NOTICED_S, max(was_s, _NOISE_S)), 0.0) / was_s


def _fails(before: PhaseEvidence, after: PhaseEvidence) -> bool:
    """Whether more requests fail than chance makes of a stack that always failed so many."""
    failures, requests = after.figures.failures, after.figures.requests
    was = (before.figures.failures + 1) / (before.figures.requests + 2)
    return (
        failures >= _FAILING_LEAST
        and _failing(after) > max(_FAILING_SHARE, 2 * _failing(before))
        and binomial_more_than(failures - 1, requests, was) < _CHANCE
    )


def _failing(phase: PhaseEvidence) -> float:
    return phase.figures.failures / max(phase.figures.requests, 1)
