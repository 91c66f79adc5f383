"""How far a curve can be read: up to where the load engine begins to take more than its gates allow.

Of rates further up nobody knows what is the stack's doing and what the engine's. What a stack keeps below them it
bears at least.
"""

import math
from collections.abc import Iterable
from dataclasses import replace

from wsgibench.analysis.capacities import Capacity, Rung, capacity_of, figures_by_rate, rungs_of
from wsgibench.analysis.gates.engine_busy import busy_share
from wsgibench.analysis.gates.engine_share import share_taken
from wsgibench.model.plan import Plan
from wsgibench.model.trial import PhaseFigures, Trial
from wsgibench.stats.curves import Censoring


def capacity_in(plan: Plan, trial: Trial) -> Capacity | None:
    """The capacity of a trial; None of a run without curves, and where nothing was measured."""
    rungs = readable_rungs(plan, trial)
    found = capacity_of(rungs, plan.curve) if plan.curve else None
    if found is None or found.crossing.censoring is not Censoring.AT_LEAST:
        return found
    return replace(found, by_engine=len(rungs) < len([*figures_by_rate(trial)]))


def readable_rungs(plan: Plan, trial: Trial) -> list[Rung]:
    """Those that a capacity may follow from."""
    return up_to(readable_to_per_s(plan, trial), [*rungs_of(trial)])


def up_to(to_per_s: float, rungs: list[Rung]) -> list[Rung]:
    """Those that can be read; all where the engine took too much at the lowest one already: its gates fail then."""
    return [rung for rung in rungs if rung.rate_per_s <= to_per_s] or rungs


def readable_to_per_s(plan: Plan, trial: Trial) -> float:
    """The same as ``engine_allows_per_s``, of a trial."""
    rungs = [(rate_per_s, figures) for rate_per_s, _, figures in figures_by_rate(trial)]
    return engine_allows_per_s(plan, rungs, engine_cores=len(trial.cores.get("engine", ())) or 1)


def engine_allows_per_s(plan: Plan, rungs: Iterable[tuple[float, PhaseFigures]], *, engine_cores: int) -> float:
    """The highest rate before those at which the engine took too much; infinite where there are none, 0 where all are.

    ``rungs`` in any order; ``engine_cores`` are those that it may use. It takes more the more it has to send: where it
    took too much at a rate and not at those above, that was an accident, which the gates of that rate tell. So the two
    are parted where the fewest rates are on the wrong side.
    """
    ascending = sorted(rungs, key=lambda rung: rung[0])
    excess = [_takes_too_much(plan, figures, engine_cores) for _, figures in ascending]
    place = min(range(len(excess) + 1), key=lambda place: sum(excess[:place]) + excess[place:].count(False))
    return math.inf if place == len(excess) else ascending[place - 1][0] if place else 0.0


def _takes_too_much(plan: Plan, figures: PhaseFigures, engine_cores: int) -> bool:
    busy = busy_share(figures, engine_cores_used(plan, engine_cores))
    if busy is None or busy > plan.thresholds.engine_busy_share:
        return True
    shared = shared_cores(plan)
    taken = share_taken(figures, shared, plan.thresholds) if shared else 0.0
    return taken is None or taken > plan.thresholds.engine_share


def engine_cores_used(plan: Plan, allowed: int) -> int:
    """How many of the cores that it may use the engine can: a process runs on one at a time."""
    return min(allowed, max(plan.engine_processes, 1))


def shared_cores(plan: Plan) -> int:
    """How many cores engine and stack have in common; with workers elsewhere, the engine's CPU is theirs, too: none."""
    return len(plan.cores.shared) if plan.cores and not plan.engine_remote_workers else 0
