"""From what the stacks turned out to bear to a plan that can answer within its budget."""

from collections.abc import Collection
from dataclasses import dataclass
from math import ceil, floor, log10

import msgspec

from wsgibench.bench.cores import cores_for
from wsgibench.bench.saturation import connections_for
from wsgibench.bench.schedule import LEAD_S
from wsgibench.errors import UsageError
from wsgibench.model.learned import Learned
from wsgibench.model.load import Connections, Load, Rate
from wsgibench.model.plan import Phase, Plan
from wsgibench.stats.looks import FIRST_LOOK, looks_of
from wsgibench.units import format_duration

TURN_S = 0.2
_BLOCKS_MOST = 24
_REQUESTS_IN_A_TURN, _REQUESTS_LEAST = 10, 5
_SERVICES_IN_A_TURN = 3.0
"""A turn begins and ends with an answer (``model.engine.RunLoad``): few of them are enough."""
_PATIENCE_S = 2.0
_PATIENCE_SERVICES = 20.0
_PATIENCE_GAPS = 4.0
"""A pause is over, and what piled up in it is answered, within so many times as long; else the load is too much."""
_PATIENCE_MOST_S = 20.0
_GAPS_IN_A_PIECE = 4.0
_TIMEOUT_QUEUES = 4.0
_TIMEOUT_MOST_S = 120.0
_STOP_S = 0.5
_ENGINE_S = 0.4
"""What an engine and a monitor take to start and to end."""


def adapted(plan: Plan, learned: Collection[Learned], *, left_s: float | None) -> Plan:
    """The plan, with all decided that the user left open; as it is where nothing could be learned.

    ``left_s`` is what is left of the budget.

    Raises:
        UsageError: the budget is too short for a verdict, or for anything at all.
    """
    if not learned or plan.unsaid is None:
        return plan
    plan = _with_loads(plan, learned)
    plan = _with_cores(plan, learned)
    full = _in_turns_or_not(plan, learned, _REQUESTS_IN_A_TURN)
    if not plan.unsaid or not plan.unsaid.blocks or left_s is None:
        return full
    if _blocks_at_most(full, learned, left_s) > FIRST_LOOK:
        return _within(full, learned, left_s)
    return _within(_in_turns_or_not(plan, learned, _REQUESTS_LEAST), learned, left_s)


def _with_cores(plan: Plan, learned: Collection[Learned]) -> Plan:
    """The engine gets a core of its own where it would take too much from stacks that share all cores with it."""
    if plan.cores is None or not any(isinstance(phase.load, Connections) for phase in plan.phases):
        return plan
    shares = {each.stack: each.engine_cpu_share / max(len(plan.cores.shared), 1) for each in learned}
    cores = cores_for(plan.cores, shares, allowed=plan.thresholds.engine_share, engine_processes=plan.engine_processes)
    return msgspec.structs.replace(plan, cores=cores)


def _gap_s(learned: Learned) -> float:
    return learned.longest_gap_s if learned.pauses else 0.0


def _with_loads(plan: Plan, learned: Collection[Learned]) -> Plan:
    """Rates, connections and time-outs that follow from what the stacks bear."""
    slowest = min(learned, key=lambda each: each.bears_per_s)
    service_s = max(each.service_s for each in learned)
    unsaid = plan.unsaid
    count = connections_for(plan, service_s)
    wait_s = _TIMEOUT_QUEUES * max(count / slowest.bears_per_s, *map(_gap_s, learned))
    requests = msgspec.structs.replace(
        plan.requests, timeout_s=min(max(plan.requests.timeout_s, wait_s + service_s), _TIMEOUT_MOST_S)
    )

    def adapted_load(load: Load) -> Load:
        if isinstance(load, Rate) and unsaid and unsaid.steady_share is not None:
            rate = _rounded(unsaid.steady_share * slowest.bears_per_s)
            return msgspec.structs.replace(load, start_per_s=rate, end_per_s=rate)
        if isinstance(load, Connections) and unsaid and unsaid.connections:
            return Connections(count=count)
        return load

    phases = [msgspec.structs.replace(phase, load=adapted_load(phase.load)) for phase in plan.phases]
    return msgspec.structs.replace(plan, phases=tuple(phases), requests=requests)


def _rounded(rate_per_s: float) -> float:
    """Two significant digits, downwards."""
    unit = 10.0 ** (floor(log10(rate_per_s)) - 1)
    return round(floor(rate_per_s / unit + 1e-9) * unit, 6)


def _in_turns_or_not(plan: Plan, learned: Collection[Learned], requests: int) -> Plan:
    """Turns that have time for what happens in them; none where a stack is unfit for them."""
    in_turns = plan.turn_s is not None and not any(each.is_unfit_for_turns for each in learned)
    phases = [_paced(plan, phase, learned, requests, in_turns=in_turns) for phase in plan.phases]
    return msgspec.structs.replace(plan, phases=tuple(phases), turn_s=plan.turn_s if in_turns else None)


def _paced(plan: Plan, phase: Phase, learned: Collection[Learned], requests: int, *, in_turns: bool) -> Phase:
    service_s = max(each.service_s for each in learned)
    gap_s = max(map(_gap_s, learned))
    turn_s, duration_s = phase.turn_s, phase.duration_s
    if plan.turn_s is not None and not in_turns and plan.unsaid and plan.unsaid.blocks:
        duration_s = max(duration_s, _GAPS_IN_A_PIECE * gap_s, _turn_s(phase.load, learned, requests))
    if in_turns and plan.unsaid and plan.unsaid.turn:
        turn_s = max(TURN_S, _turn_s(phase.load, learned, requests))
        if not plan.unsaid.blocks:
            turn_s = min(turn_s, phase.duration_s)
    patience_s = max(_PATIENCE_S, _PATIENCE_SERVICES * service_s, 2 * (turn_s or 0.0), _PATIENCE_GAPS * gap_s)
    return msgspec.structs.replace(
        phase, duration_s=duration_s, turn_s=turn_s, patience_s=min(patience_s, _PATIENCE_MOST_S)
    )


def _turn_s(load: Load, learned: Collection[Learned], requests: int) -> float:
    service_s = max(each.service_s for each in learned)
    if isinstance(load, Rate):
        return max(requests / load.start_per_s, _SERVICES_IN_A_TURN * service_s)
    # Half of it at least is measured, whatever takes to drain.
    return max(_SERVICES_IN_A_TURN * service_s, _drain_s(load, learned))


def _drain_s(load: Load, learned: Collection[Learned]) -> float:
    """What is under way when sending ends, answered by the slowest."""
    slowest = min(each.bears_per_s for each in learned)
    return load.count / slowest if isinstance(load, Connections) else max(each.service_s for each in learned)


@dataclass(frozen=True)
class _Cost:
    """Seconds that one stack's share of a block takes: beside the load, and in one turn of each phase."""

    beside_s: float
    turns_s: tuple[float, ...]

    def block_s(self, turns: Collection[int]) -> float:
        return self.beside_s + sum(count * turn_s for count, turn_s in zip(turns, self.turns_s, strict=True))


def _within(plan: Plan, learned: Collection[Learned], left_s: float) -> Plan:
    """As many blocks as there is time for, each with as much load as a short one has, or more where blocks are enough.

    Raises:
        UsageError: there is no time for the first look.
    """
    stacks, cost = len(plan.stacks), _cost_of(plan, learned)
    pieces = [_piece_s(plan, phase) for phase in plan.phases]
    wanted = [max(round(phase.duration_s / piece_s), 1) for phase, piece_s in zip(plan.phases, pieces, strict=True)]
    possible = int(left_s / (stacks * cost.block_s(wanted)))
    fewest = _blocks_at_most(plan, learned, left_s)
    if fewest < FIRST_LOOK:
        raise _too_short(plan, learned, stacks * cost.block_s([1] * len(pieces)))
    blocks = max(min(possible, _BLOCKS_MOST), min(fewest, FIRST_LOOK + 1))
    share = min(1.0, possible / blocks) if possible else 0.0
    phases = [
        msgspec.structs.replace(phase, duration_s=piece_s * max(floor(count * share), 1))
        for phase, piece_s, count in zip(plan.phases, pieces, wanted, strict=True)
    ]
    return msgspec.structs.replace(plan, phases=tuple(phases), blocks=blocks, looks=looks_of(blocks))


def _blocks_at_most(plan: Plan, learned: Collection[Learned], left_s: float) -> int:
    """With a single piece of each load."""
    return int(left_s / (len(plan.stacks) * _cost_of(plan, learned).block_s([1] * len(plan.phases))))


def _cost_of(plan: Plan, learned: Collection[Learned]) -> _Cost:
    beside_s = sum(each.start_s for each in learned) / len(learned) + _STOP_S + _ENGINE_S / len(plan.stacks)
    return _Cost(beside_s, tuple(_cost_s(plan, phase, _piece_s(plan, phase), learned) for phase in plan.phases))


def _piece_s(plan: Plan, phase: Phase) -> float:
    return plan.turn_of(phase) or phase.duration_s


def _cost_s(plan: Plan, phase: Phase, piece_s: float, learned: Collection[Learned]) -> float:
    """A piece with its lead, its drain, and its share of the warm-up."""
    warm_s = 0.0 if plan.turn_s is None else phase.warmup_s if phase.warmup_s >= piece_s / 2 else 0.0
    lead_s = LEAD_S if plan.turn_s is not None else phase.warmup_s
    pieces = max(round(phase.duration_s / piece_s), 1)
    return (piece_s + lead_s + _drain_s(phase.load, learned)) * (1 + warm_s / (pieces * piece_s)) + 0.01


def _too_short(plan: Plan, learned: Collection[Learned], block_s: float) -> UsageError:
    slowest, stillest = (max(learned, key=key) for key in (lambda each: each.service_s, _gap_s))
    why = f"One answer of {slowest.stack} takes {format_duration(slowest.service_s)}"
    if _gap_s(stillest) > slowest.service_s:
        why = f"{stillest.stack} stood still for {format_duration(_gap_s(stillest))}"
    needed_s = FIRST_LOOK * block_s * 1.2
    stacks = f"{len(plan.stacks)} stacks" if len(plan.stacks) > 1 else "one stack"
    return UsageError(
        f"{why}: {FIRST_LOOK} blocks of {stacks} take {format_duration(ceil(needed_s))}, and the budget is "
        f"{format_duration(plan.budget_s or 0.0)}.",
        f"Give --budget {_as_option(needed_s)}, or fewer stacks.",
    )


def _as_option(seconds: float) -> str:
    """A round duration that is no less: ``90s``, ``10m``."""
    return f"{ceil(seconds / 10) * 10}s" if seconds < 120 else f"{ceil(seconds / 60)}m"
