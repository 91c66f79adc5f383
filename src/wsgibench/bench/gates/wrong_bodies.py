"""A quick wrong answer is no answer."""

from wsgibench.bench.gates.evidence import PhaseEvidence
from wsgibench.model.trial import GateResult


def wrong_bodies(phase: PhaseEvidence) -> GateResult:
    """No response whose body was checked differs from what verification saw."""
    wrong = phase.figures.outcomes.get("wrong_body", 0)
    return GateResult(
        name="wrong-bodies",
        passed=wrong == 0,
        figure=float(wrong),
        threshold=0.0,
        unit="requests",
        cause=f"{wrong:,} responses had another body than verification saw for the same URL.",
        advice="Ask for such a URL twice; if the app answers differently each time, check by status with --bodies off.",
        phase=phase.name,
    )
