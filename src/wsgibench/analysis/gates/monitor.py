"""What nobody watched is not known."""

from wsgibench.analysis.gates.evidence import Evidence
from wsgibench.model.trial import GateResult

_SHARE_MIN = 0.8


def monitor(evidence: Evidence) -> GateResult:
    """The monitor lived to the end, and took most of its samples."""
    taken, expected = len(evidence.samples), evidence.expected_samples
    share = taken / expected if expected else None
    if evidence.monitor_died:
        cause = f"The monitor ended early, after {taken} of {expected} samples."
    elif share is None:
        cause = "The measured time was too short for a sample."
    else:
        cause = f"The monitor took {taken} of {expected} samples."
    return GateResult(
        name="monitor",
        passed=not evidence.monitor_died and (share is None or share >= _SHARE_MIN),
        figure=share,
        threshold=_SHARE_MIN,
        unit="share",
        cause=" ".join((cause, *evidence.monitor_warnings)),
        advice="Read monitor.log in the trial's folder; a starved monitor means that no core was left for it.",
    )
