"""Stacks that wait for their turn must not take from the one that has it."""

from wsgibench.analysis.gates.evidence import Evidence
from wsgibench.model.trial import GateResult


def idle_cpu(evidence: Evidence) -> GateResult | None:
    """Outside its turns the stack used next to no CPU."""
    share = evidence.idle_cpu_share
    if share is None:
        return None
    return GateResult(
        name="idle-cpu",
        passed=share <= evidence.thresholds.idle_cpu_share,
        figure=share,
        threshold=evidence.thresholds.idle_cpu_share,
        unit="share",
        cause=f"Between its turns the stack used {share:.1%} of a core.",
        advice="The app works in the background: measure one stack after another, with --turns off.",
    )
