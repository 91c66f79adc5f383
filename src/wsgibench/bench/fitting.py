"""How many blocks, of how many turns, there is time for."""

from collections.abc import Collection, Sequence
from math import ceil

import msgspec

from wsgibench.bench.ladder import hold_s, planned_s
from wsgibench.bench.requests_wanted import in_words, ranked_in, requests_wanted
from wsgibench.bench.run_length import BLOCKS_MOST
from wsgibench.errors import UsageError
from wsgibench.model.learned import Learned
from wsgibench.model.load import Load
from wsgibench.model.plan import Phase, Plan
from wsgibench.model.schedule import LEAD_S, warm_turns
from wsgibench.stats.looks import FIRST_LOOK, looks_of
from wsgibench.units import format_duration, round_duration

_STOP_S = 0.5
_ENGINE_S = 0.4
"""What an engine and a monitor take to start and to end."""
_CLOCKS_S = 0.01
"""What reading clocks and telling the engine adds to a turn."""
_ROOM = 1.2
_FREEDOMS = 10
"""Degrees of freedom that are worth shorter blocks: 95 % of Student's t lie within 3.2 with 3 of them, 2.2 with 10."""
_LATER = 1.05
"""Blocks may take a little longer than the one that their number follows from."""


def fitted(plan: Plan, learned: Collection[Learned], left_s: float) -> Plan:
    """The plan with as many blocks as there is time for; with fewer turns in each, where else they would be too few.

    Raises:
        UsageError: there is no time for as many as a first look at the figures takes.
    """
    least = _least(plan, learned)
    wanted = [
        max(round(phase.duration_s / _piece_s(plan, phase)), pieces)
        for phase, pieces in zip(plan.phases, least, strict=True)
    ]
    fewest = blocks_at_most(plan, learned, left_s)
    if fewest < FIRST_LOOK:
        raise _too_short(plan, learned, left_s)
    blocks = max(min(int(left_s / block_s(plan, learned, wanted)), BLOCKS_MOST), min(fewest, _blocks_wanted(plan)))
    turns = next(
        turns
        for turns in _shortened(wanted, least)
        if blocks * block_s(plan, learned, turns) <= left_s or turns == least
    )
    phases = [
        msgspec.structs.replace(phase, duration_s=_piece_s(plan, phase) * count)
        for phase, count in zip(plan.phases, turns, strict=True)
    ]
    return msgspec.structs.replace(plan, phases=tuple(phases), blocks=blocks, looks=looks_of(blocks))


def _blocks_wanted(plan: Plan) -> int:
    """As many as tell the stacks' noise well enough: each adds a degree of freedom for each stack but one."""
    others = max(len(plan.stacks) - 1, 1)
    return max(1 + ceil(_FREEDOMS / others), FIRST_LOOK + 1)


def with_more_blocks(plan: Plan, done: int, *, left_s: float | None, block_s: float) -> Plan:
    """The plan with more blocks, if there is time for more of so many seconds after those that are ``done``.

    Before the first look at the figures, on which nothing of this may depend.
    """
    if plan.unsaid is None or not plan.unsaid.blocks or left_s is None or done >= FIRST_LOOK:
        return plan
    blocks = min(done + int(left_s / (block_s * _LATER)), BLOCKS_MOST)
    return plan if blocks <= plan.blocks else msgspec.structs.replace(plan, blocks=blocks, looks=looks_of(blocks))


def blocks_at_most(plan: Plan, learned: Collection[Learned], left_s: float) -> int:
    """With as few pieces of each load as make sense."""
    return int(left_s / block_s(plan, learned, _least(plan, learned)))


def enough_s(plan: Plan, phase: Phase, learned: Collection[Learned]) -> float:
    """How long the phase must last for the percentiles that were asked for; 0.0 where none was."""
    slowest = min(each.bears_per_s for each in learned)
    rate_per_s = phase.load.rate_per_s(bears_per_s=slowest) or slowest
    return requests_wanted(phase, plan.phases, plan.objectives) / rate_per_s


def block_s(plan: Plan, learned: Collection[Learned], turns: Sequence[int]) -> float:
    """Seconds that a block takes with so many turns, or pieces, of each load."""
    load_s = sum(
        (count + warm_turns(plan, phase, count)) * _turn_cost_s(plan, phase, learned)
        for phase, count in zip(plan.phases, turns, strict=True)
    )
    curves_s = sum(planned_s(plan.curve, each) for each in learned) if plan.curve else 0.0
    # Of a stack that nothing is known of yet as long as of the others.
    curves_s *= len(plan.stacks) / max(len(learned), 1)
    return len(plan.stacks) * (_start_s(learned) + _STOP_S + load_s) + curves_s + _ENGINE_S


def drain_s(load: Load, learned: Collection[Learned]) -> float:
    """Until what is under way when sending ends has been answered by the slowest."""
    return max(load.drain_s(each) for each in learned)


def gap_s(learned: Learned) -> float:
    """How long it stood still; 0.0 where it did not."""
    return learned.longest_gap_s if learned.pauses else 0.0


def _shortened(wanted: Sequence[int], least: Sequence[int]) -> list[list[int]]:
    """As wanted, then ever fewer, down to the least."""
    most = max(wanted, default=0)
    shorter = [
        [max(round(count * part / most), fewest) for count, fewest in zip(wanted, least, strict=True)]
        for part in range(most, 0, -1)
    ]
    return [*shorter, list(least)]


def _least(plan: Plan, learned: Collection[Learned]) -> list[int]:
    """How few pieces of each load make sense: one, or as many as a percentile takes that was asked for."""
    if plan.unsaid is None or not plan.unsaid.duration:
        return [1] * len(plan.phases)
    return [max(ceil(enough_s(plan, phase, learned) / _piece_s(plan, phase) - 1e-9), 1) for phase in plan.phases]


def _start_s(learned: Collection[Learned]) -> float:
    return sum(each.start_s for each in learned) / len(learned)


def _piece_s(plan: Plan, phase: Phase) -> float:
    return plan.turn_of(phase) or phase.duration_s


def _turn_cost_s(plan: Plan, phase: Phase, learned: Collection[Learned]) -> float:
    lead_s = LEAD_S if plan.turn_s is not None else phase.warmup_s
    return lead_s + _piece_s(plan, phase) + drain_s(phase.load, learned) + _CLOCKS_S


def _too_short(plan: Plan, learned: Collection[Learned], left_s: float) -> UsageError:
    one_each = block_s(plan, learned, _least(plan, learned))
    needed_s = FIRST_LOOK * one_each * _ROOM + max((plan.budget_s or left_s) - left_s, 0.0)
    stacks = f"{len(plan.stacks)} stacks" if len(plan.stacks) > 1 else "one stack"
    return UsageError(
        f"{_why(plan, learned)}: {FIRST_LOOK} blocks of {stacks} take {format_duration(ceil(needed_s))}, "
        f"and the budget is {format_duration(plan.budget_s or 0.0)}.",
        f"Give --budget {round_duration(needed_s)}, or fewer stacks.",
    )


def _why(plan: Plan, learned: Collection[Learned]) -> str:
    """What takes the time."""
    slowest, stillest, latest = (
        max(learned, key=key) for key in (lambda each: each.service_s, gap_s, lambda each: each.start_s)
    )
    load_s = sum(_turn_cost_s(plan, phase, learned) for phase in plan.phases)
    for phase, least in zip(plan.phases, _least(plan, learned), strict=True):
        if least > 1:
            names = ranked_in(phase, plan.phases, plan.objectives)
            return in_words(names, requests_wanted(phase, plan.phases, plan.objectives))
    if (curve := plan.curve) is not None:
        longest = max(learned, key=lambda each: hold_s(curve, each))
        return f"The curve of {longest.stack} takes {format_duration(planned_s(curve, longest))}"
    if _start_s(learned) > load_s:
        return f"{latest.stack} takes {format_duration(latest.start_s)} to start"
    if gap_s(stillest) > slowest.service_s:
        return f"{stillest.stack} stood still for {format_duration(gap_s(stillest))}"
    if plan.turn_s is None:
        return f"A stack is measured for {format_duration(load_s)} in each block"
    return f"One answer of {slowest.stack} takes {format_duration(slowest.service_s)}"
