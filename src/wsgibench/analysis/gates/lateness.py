"""Requests must go out when they are due."""

from wsgibench.analysis.gates.evidence import OTHERS_NOTICED, PhaseEvidence
from wsgibench.model.trial import GateResult


def lateness(phase: PhaseEvidence) -> GateResult | None:
    """Under ``rate``, 99 % of the requests are sent soon after they are due."""
    if not phase.load.is_open:
        return None
    late = phase.figures.lateness_p99_s
    return GateResult(
        name="lateness",
        passed=late is not None and late <= phase.thresholds.lateness_p99_s,
        figure=late,
        threshold=phase.thresholds.lateness_p99_s,
        unit="s",
        cause="How late requests were sent was not recorded."
        if late is None
        else f"1 % of the requests were sent more than {late * 1e3:.2f} ms after they were due.",
        advice=_advice(phase),
        phase=phase.name,
    )


def _advice(phase: PhaseEvidence) -> str:
    """By what was seen: a busy machine sends late though the engine has all that it needs."""
    limit = "ask for less, or give it more cores or connections."
    if phase.other_cpu_share is None:
        return f"The engine or its connections were at their limit, or other processes ran (nobody looked): {limit}"
    if phase.other_cpu_share >= OTHERS_NOTICED:
        return (
            f"Other processes used {phase.other_cpu_share:.0%} of the stack's cores meanwhile, and may have kept the "
            f"engine waiting: stop what else runs here (top shows it). If it is late on an idle machine, too, {limit}"
        )
    return f"Hardly anything else ran, so the engine or its connections were at their limit: {limit}"
