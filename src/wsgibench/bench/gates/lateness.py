"""Requests must go out when they are due."""

from wsgibench.bench.gates.evidence import PhaseEvidence
from wsgibench.model.load import Rate
from wsgibench.model.trial import GateResult


def lateness(phase: PhaseEvidence) -> GateResult | None:
    """Under ``rate``, 99 % of the requests are sent soon after they are due."""
    if not isinstance(phase.load, Rate):
        return None
    late = phase.figures.lateness_p99_s
    return GateResult(
        name="lateness",
        passed=late is not None and late <= phase.thresholds.lateness_p99_s,
        figure=late,
        threshold=phase.thresholds.lateness_p99_s,
        unit="s",
        cause="How late requests were sent was not recorded."
        if late is None
        else f"1 % of the requests were sent more than {late * 1e3:.2f} ms after they were due.",
        advice="The engine or its connections were at their limit: ask for less, or give it more cores or connections.",
        phase=phase.name,
    )
