"""What the load engine takes from a stack on the same cores, the stack would have when deployed.

A stack that is asked for all that it can do loses as much; one that is asked for less may have to wait for a core.
"""

from wsgibench.analysis.gates.evidence import PhaseEvidence
from wsgibench.model.cores import engine_share as share_of
from wsgibench.model.plan import Thresholds
from wsgibench.model.trial import GateResult, PhaseFigures


def engine_share(phase: PhaseEvidence) -> GateResult | None:
    """Where they share cores, the engine used little of them; on a ramp at its top, where it has most to do."""
    cores = phase.shared_cores
    if not cores:
        return None
    allowed = phase.thresholds.engine_share
    on_average = share_taken(phase.figures, cores, phase.thresholds)
    share = None if on_average is None else on_average * phase.peak_share
    return GateResult(
        name="engine-share",
        passed=share is not None and share <= allowed,
        figure=share,
        threshold=allowed,
        unit="share",
        cause="The engine's CPU could not be read."
        if share is None
        else f"The load engine used {share:.1%} of the {f'{cores} cores' if cores > 1 else 'core'} that it shares with "
        f"the stack{phase.at_the_top}, not counting what connections cost any client.",
        advice="The app is too light to share cores with what asks it: give --cores apart, or another machine for the "
        "engine.",
        phase=phase.name,
    )


def share_taken(figures: PhaseFigures, shared_cores: int, thresholds: Thresholds) -> float | None:
    """What the engine used of the cores that it shares, without connections; None where that could not be read."""
    cpu_s, duration_s = figures.engine_cpu_s, figures.duration_s
    if cpu_s is None or duration_s <= 0:
        return None
    connects = figures.events.get("connects", 0)
    return share_of(cpu_s, duration_s, shared_cores, connects=connects, connection_cpu_s=thresholds.connection_cpu_s)
