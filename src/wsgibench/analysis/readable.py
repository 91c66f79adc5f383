"""How far a curve can be read, by another limit than those that its gates were asked for."""

import math

from wsgibench.analysis.capacities import figures_by_rate
from wsgibench.analysis.gates.engine_busy import busy_share
from wsgibench.analysis.gates.engine_share import share_taken
from wsgibench.analysis.gathering import engine_cores_used, shared_cores
from wsgibench.model.plan import Plan
from wsgibench.model.trial import PhaseFigures, Trial


def readable_to_per_s(plan: Plan, trial: Trial) -> float:
    """The highest rate below which the load engine nowhere took more than its gates allow.

    Infinite where it did so at no rate, 0 where at the lowest. These gates are asked of the rates that a capacity by
    the run's own limits follows from; of those above them nobody knows what is the stack's doing and what the engine's.
    """
    readable = 0.0
    for rate_per_s, _, figures in sorted(figures_by_rate(trial), key=lambda each: each[0]):
        if _takes_too_much(plan, trial, figures):
            return readable
        readable = rate_per_s
    return math.inf


def _takes_too_much(plan: Plan, trial: Trial, figures: PhaseFigures) -> bool:
    busy = busy_share(figures, engine_cores_used(plan, len(trial.cores.get("engine", ())) or 1))
    if busy is None or busy > plan.thresholds.engine_busy_share:
        return True
    shared = shared_cores(plan)
    taken = share_taken(figures, shared, plan.thresholds) if shared else 0.0
    return taken is None or taken > plan.thresholds.engine_share
