"""A load engine at its own limit measures itself."""

from wsgibench.analysis.gates.evidence import PhaseEvidence
from wsgibench.model.trial import GateResult


def engine_busy(phase: PhaseEvidence) -> GateResult:
    """The engine leaves some of its cores idle; on a ramp at its top, where it has most to do."""
    cpu, duration = phase.figures.engine_cpu_s, phase.figures.duration_s
    share = cpu / duration / phase.engine_cores * phase.peak_share if cpu is not None and duration > 0 else None
    return GateResult(
        name="engine-busy",
        passed=share is not None and share <= phase.thresholds.engine_busy_share,
        figure=share,
        threshold=phase.thresholds.engine_busy_share,
        unit="share",
        cause="The engine's CPU could not be read."
        if share is None
        else f"The load engine used {share:.0%} of {phase.engine_cores} core{'s' if phase.engine_cores > 1 else ''}"
        f"{phase.at_the_top}.",
        advice="Ask for less, use a cheaper engine, more --engine-processes, or another machine for it.",
        phase=phase.name,
    )
