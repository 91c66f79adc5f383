"""A load engine at its own limit measures itself."""

from wsgibench.analysis.gates.evidence import PhaseEvidence
from wsgibench.model.trial import GateResult, PhaseFigures


def engine_busy(phase: PhaseEvidence) -> GateResult:
    """The engine leaves some of its cores idle; on a ramp at its top, where it has most to do."""
    on_average = busy_share(phase.figures, phase.engine_cores)
    share = None if on_average is None else on_average * phase.peak_share
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


def busy_share(figures: PhaseFigures, cores: int) -> float | None:
    """What the engine used of so many cores; None where that could not be read."""
    cpu_s, duration_s = figures.engine_cpu_s, figures.duration_s
    return cpu_s / duration_s / cores if cpu_s is not None and duration_s > 0 else None
