"""A worker that died took requests with it, and its successor is cold."""

from wsgibench.analysis.gates.evidence import Evidence
from wsgibench.model.trial import GateResult


def restarts(evidence: Evidence) -> GateResult | None:
    """No worker of server or proxy was replaced while it was measured."""
    count = evidence.restarts
    if count is None:
        return None
    return GateResult(
        name="restarts",
        passed=count == 0,
        figure=float(count),
        threshold=0.0,
        unit="processes",
        cause=f"{count} worker{' was' if count == 1 else 's were'} replaced while measured.",
        advice="Read the server's log in the trial's folder: time-outs, memory limits, or a crash in the app.",
    )
