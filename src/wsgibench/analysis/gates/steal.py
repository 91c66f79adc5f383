"""Time that the hypervisor gave to others was not the stack's."""

from wsgibench.analysis.gates.evidence import Evidence
from wsgibench.model.trial import GateResult


def steal(evidence: Evidence) -> GateResult | None:
    """Other machines on the same host took little."""
    shares = [sample.steal_share for sample in evidence.samples if sample.steal_share is not None]
    if not shares:
        return None
    share = sum(shares) / len(shares)
    return GateResult(
        name="steal",
        passed=share <= evidence.thresholds.steal_share,
        figure=share,
        threshold=evidence.thresholds.steal_share,
        unit="share",
        cause=f"The hypervisor took {share:.1%} of the cores' time away.",
        advice="Measure at a quieter time, with more blocks, or on a machine of your own.",
    )
