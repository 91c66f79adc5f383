"""Connections that a server ends without a word cost its clients requests."""

from wsgibench.analysis.gates.evidence import PhaseEvidence
from wsgibench.model.trial import GateResult


def keep_alive(phase: PhaseEvidence) -> GateResult | None:
    """Few requests met a connection that the server closed just then.

    Those that may be repeated were, and ended well; those of other methods are errors already.
    """
    total, races = phase.figures.requests, phase.figures.events.get("keepalive_races", 0)
    if not total:
        return None
    share = races / total
    return GateResult(
        name="keep-alive",
        passed=share <= phase.thresholds.race_share,
        figure=share,
        threshold=phase.thresholds.race_share,
        unit="share",
        cause=f"{races:,} of {total:,} requests ({share:.2%}) met a connection that the server closed just then.",
        advice="Give the server a longer keep-alive time than the pauses between requests, or let it say "
        "'Connection: close'.",
        phase=phase.name,
    )
