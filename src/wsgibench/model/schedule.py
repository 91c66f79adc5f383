"""How the loads of a plan are cut into pieces, and what each piece is to be."""

from dataclasses import dataclass

import msgspec

from wsgibench.model.curve import Curve
from wsgibench.model.engine import RunLoad
from wsgibench.model.learned import Learned
from wsgibench.model.load import Load
from wsgibench.model.plan import Phase, Plan

LEAD_S = 0.03
"""Unrecorded load at the start of each turn: until all connections are in flight, the server is not yet at work."""
_WARM_UP = "warm-up"
_BEAT_MOST = 50
"""Of so many answers of each worker, one more or less is not worth a thought."""
_BRIEF_S = 1.0
"""What a load that a stack is known not to bear is shown to be, in one turn, and no more: all of it piles up."""
_BRIEF_PATIENCE_S = 0.1


@dataclass(frozen=True)
class Rounds:
    """So many turns of each stack are not recorded, then so many are."""

    warm: int
    measured: int
    turn_s: float


def rounds_of(plan: Plan, phase: Phase) -> Rounds:
    """The rounds of a phase in turns.

    What was promised is the duration: turns are as long as asked for, or a little more or less.
    """
    wanted_s = plan.turn_of(phase) or phase.duration_s
    measured = max(round(phase.duration_s / wanted_s), 1)
    return Rounds(warm=warm_turns(plan, phase, measured), measured=measured, turn_s=phase.duration_s / measured)


def warm_turns(plan: Plan, phase: Phase, measured: int) -> int:
    """Unrecorded turns before so many that count, half as many at most: each has a lead, and all workers are warm."""
    if plan.turn_s is None:
        return 0
    return min(round(phase.warmup_s / (plan.turn_of(phase) or phase.duration_s)), measured // 2)


def loads_for(plan: Plan) -> dict[str, Load]:
    """What an engine has to be able to make, by name; warm-ups are recorded apart from what counts."""
    loads = {phase.name: phase.load for phase in plan.phases}
    if plan.turn_s is None:
        return loads
    return loads | {_warm_up_of(name): load for name, load in loads.items()}


def asks_too_much(load: Load, learned: Learned | None) -> bool:
    """Whether a stack is known to bear less than the load asks for."""
    if load.peak_per_s is None or learned is None or not learned.is_saturated:
        return False
    return load.peak_per_s > learned.bears_per_s


def piece_of(phase: Phase, target: str, learned: Learned | None) -> RunLoad:
    """The whole phase in one piece."""
    return RunLoad(
        target=target,
        phase=phase.name,
        duration_s=phase.duration_s,
        warmup_s=phase.warmup_s,
        patience_s=phase.patience_s,
        typical=_typical_requests(phase.load, learned),
    )


def turn_of(phase: Phase, target: str, learned: Learned | None, *, turn_s: float, warming: bool) -> RunLoad:
    """One turn of it."""
    is_brief = asks_too_much(phase.load, learned)
    return RunLoad(
        target=target,
        phase=_warm_up_of(phase.name) if warming else phase.name,
        duration_s=min(turn_s, _BRIEF_S) if is_brief else _off_beat_s(phase.load, learned, turn_s),
        warmup_s=LEAD_S,
        patience_s=_BRIEF_PATIENCE_S if is_brief else phase.patience_s,
        typical=_typical_requests(phase.load, learned),
    )


def rung_of(rung: Phase, target: str, learned: Learned, curve: Curve) -> RunLoad:
    """One rate of a curve, which no job knew beforehand."""
    return msgspec.structs.replace(
        piece_of(rung, target, learned),
        load=rung.load,
        limits_s=tuple(limit.most for limit in curve.limits if not limit.is_of_errors),
    )


def planned_s_of(plan: Plan, phase: Phase, target: str, learned: Learned | None) -> float:
    """How long all that is recorded of a phase is to be at least: its turns together, or its one piece."""
    if plan.turn_s is None or phase not in plan.phases:
        return piece_of(phase, target, learned).duration_s
    rounds = rounds_of(plan, phase)
    return rounds.measured * turn_of(phase, target, learned, turn_s=rounds.turn_s, warming=False).duration_s


def _off_beat_s(load: Load, learned: Learned | None, turn_s: float) -> float:
    """A turn that ends between two answers.

    Workers under closed load keep step: all answer nearly at once. A turn as long as a whole number of answers would
    end in the midst of them, and have all of the last ones, or one, by chance.
    """
    if not load.saturates or learned is None or turn_s > _BEAT_MOST * learned.service_s:
        return turn_s
    return (max(round(turn_s / learned.service_s), 1) - 0.5) * learned.service_s


def _warm_up_of(phase: str) -> str:
    return f"{phase}-{_WARM_UP}"


def _typical_requests(load: Load, learned: Learned | None) -> int:
    return 0 if learned is None else load.typical_requests(learned)
