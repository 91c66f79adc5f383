"""A stack that is slow for good once it was asked for too much has no one curve."""

from wsgibench.analysis.gates.evidence import Evidence, PhaseEvidence
from wsgibench.model.curve import AGAIN, CURVE
from wsgibench.model.trial import GateResult

_FAILING_SHARE = 0.05
_FAILING_LEAST = 5
"""Of a few requests one fails by chance."""
_NOTICED_S = 0.002
"""Less than that is no matter, whatever it was before."""


def recovery(evidence: Evidence) -> GateResult | None:
    """At the lightest rate of a curve it answers afterwards as it did before, when it had not been overloaded yet."""
    after = next((phase for phase in evidence.phases if phase.is_rung and phase.name.startswith(AGAIN)), None)
    if after is None:
        return None
    name = after.name.replace(AGAIN, CURVE, 1)
    before = next((phase for phase in evidence.phases if phase.name == name), None)
    if before is None or before.figures.p50_s is None:
        return None
    was_s, is_s = before.figures.p50_s, after.figures.p50_s
    times = None if is_s is None else max(is_s - _NOTICED_S, 0.0) / was_s
    fails = after.figures.failures >= _FAILING_LEAST and _failing(after) > max(_FAILING_SHARE, 2 * _failing(before))
    said = "did not answer" if is_s is None else f"answered in {is_s * 1e3:.1f} ms"
    return GateResult(
        name="recovery",
        passed=times is not None and times <= evidence.thresholds.recovery_times and not fails,
        figure=times,
        threshold=evidence.thresholds.recovery_times,
        unit="times",
        cause=f"After it was asked for more than it bears it {said} at a light load, before in {was_s * 1e3:.1f} ms "
        f"(medians){f', and {_failing(after):.0%} of its requests failed' if fails else ''}.",
        advice="Some rates were measured of a stack that had not recovered, so the curve is none. See why it does not: "
        "its log in the trial's folder says more.",
    )


def _failing(phase: PhaseEvidence) -> float:
    return phase.figures.failures / max(phase.figures.requests, 1)
