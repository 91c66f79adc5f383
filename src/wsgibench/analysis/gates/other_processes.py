"""What another process took of the stack's cores was not the stack's, and was perhaps the next one's."""

from wsgibench.analysis.gates.evidence import Evidence
from wsgibench.model.trial import GateResult


def other_processes(evidence: Evidence) -> GateResult | None:
    """While it was measured, other processes than the run's own used little of the stack's cores."""
    share = evidence.other_cpu_share
    if share is None:
        return None
    return GateResult(
        name="other-processes",
        passed=share <= evidence.thresholds.other_cpu_share,
        figure=share,
        threshold=evidence.thresholds.other_cpu_share,
        unit="share",
        cause=f"Other processes used {share:.0%} of the stack's cores.",
        advice="Stop what else runs here (top shows it), such as a second run, or wait until it is done; "
        "if it is the app's own database, allow it with --other-cpu 50%.",
    )
