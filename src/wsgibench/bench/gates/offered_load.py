"""What was to be offered must have been offered."""

from wsgibench.bench.gates.evidence import PhaseEvidence
from wsgibench.model.load import Rate
from wsgibench.model.trial import GateResult


def offered_load(phase: PhaseEvidence) -> GateResult | None:
    """Under ``rate``, the requests that fell due were sent."""
    if not isinstance(phase.load, Rate):
        return None
    total, unsent = phase.figures.requests, phase.figures.outcomes.get("unsent", 0)
    share = (total - unsent) / total if total else None
    return GateResult(
        name="offered-load",
        passed=share is not None and share >= phase.thresholds.offered_share,
        figure=share,
        threshold=phase.thresholds.offered_share,
        unit="share",
        cause=f"{total - unsent:,} of {total:,} requests that fell due could be sent.",
        advice="The stack cannot keep up with this rate: ask for less, or measure what it can do at most with "
        "--connections.",
        phase=phase.name,
    )
