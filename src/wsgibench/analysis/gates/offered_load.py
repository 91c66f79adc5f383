"""What was to be offered must have been offered, and kept up with."""

from math import sqrt

from wsgibench.analysis.gates.evidence import OTHERS_NOTICED, PhaseEvidence, Piece
from wsgibench.model.trial import GateResult

_SIGMAS = 3.0


def offered_load(phase: PhaseEvidence) -> GateResult | None:
    """Under ``rate``, the requests that fell due were sent, and did not pile up; of a ramp not at its end, either."""
    asked_per_s = phase.load.peak_per_s
    if asked_per_s is None:
        return None
    total = phase.figures.requests
    late = phase.figures.outcomes.get("unsent", 0) + sum(_piled_up(piece, phase) for piece in phase.pieces)
    beyond = phase.bears_per_s is not None and asked_per_s > phase.bears_per_s
    share = max(total - late, 0) / total if total else None
    settled = all(piece.kept_up for piece in phase.pieces)
    cause = f"{max(total - late, 0):,} of {total:,} requests that fell due were answered while load was sent."
    if phase.bears_per_s is not None and (beyond or not settled):
        cause += f" Asked for were {asked_per_s:,.4g}/s; alone the stack was found to bear {phase.bears_per_s:,.3g}/s."
    return GateResult(
        name="offered-load",
        passed=share is not None and share >= phase.thresholds.offered_share and settled and not beyond,
        figure=share,
        threshold=phase.thresholds.offered_share,
        unit="share",
        cause=cause,
        advice=_advice(phase, asked_per_s),
        phase=phase.name,
    )


def _advice(phase: PhaseEvidence, asked_per_s: float) -> str:
    """By what was seen: what the stack bears when it is alone may be more than what others leave of it."""
    less = (
        "ask for less (--rate 50% is half of what the slowest bears; a ramp can end lower), or measure what it can do "
        "at most with --connections."
    )
    if phase.bears_per_s is not None and asked_per_s > phase.bears_per_s:
        return f"It bears at most {phase.bears_per_s:,.3g}/s: {less}"
    if phase.other_cpu_share is not None and phase.other_cpu_share >= OTHERS_NOTICED:
        return (
            f"Other processes used {phase.other_cpu_share:.0%} of the stack's cores meanwhile: stop what else runs "
            f"here (top shows it). If it does not keep up on an idle machine, either, {less}"
        )
    if phase.bears_per_s is not None:
        return f"It bore {phase.bears_per_s:,.3g}/s before. It stood still for a time, or slows down as it goes: {less}"
    return f"The stack cannot keep up with this rate: {less}"


def _piled_up(piece: Piece, phase: PhaseEvidence) -> int:
    """How many requests waited for others when sending ended."""
    if not piece.kept_up:
        return piece.pending
    if not piece.has_settled:
        return 0
    # Nothing was waited for, as on a ramp: some are always under way (Little's law), a few more by chance.
    under_way = (phase.load.last_per_s or 0.0) * (phase.figures.p50_s or 0.0)
    return max(piece.pending - round(under_way + _SIGMAS * sqrt(under_way + 1)), 0)
