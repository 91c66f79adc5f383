"""What a locustfile calls wrong is no answer."""

from wsgibench.analysis.gates.evidence import PhaseEvidence
from wsgibench.model.trial import GateResult


def wrong_bodies(phase: PhaseEvidence) -> GateResult:
    """No good response was called a failure by the locustfile; what all stacks say is compared by ``same_bodies``."""
    wrong = phase.figures.outcomes.get("wrong_body", 0)
    return GateResult(
        name="wrong-bodies",
        passed=wrong == 0,
        figure=float(wrong),
        threshold=0.0,
        unit="requests",
        cause=f"{wrong:,} good responses were called failures by the locustfile.",
        advice="Its response.failure() says why; the engine's log in the trial's folder may have it.",
        phase=phase.name,
    )
