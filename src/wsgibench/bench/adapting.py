"""From what the stacks turned out to bear to a plan that can answer within its budget."""

from collections.abc import Collection
from math import floor, log10

import msgspec

from wsgibench.bench.cores import cores_for
from wsgibench.bench.fitting import blocks_at_most, drain_s, enough_s, fitted, gap_s
from wsgibench.bench.saturation import connections_for
from wsgibench.model.learned import Learned
from wsgibench.model.load import Load
from wsgibench.model.plan import Phase, Plan
from wsgibench.stats.looks import FIRST_LOOK

TURN_S = 0.2
ALONE_S = 3.0
"""Of each load, where what does not fit into turns is to be seen as often as it happens."""
_REQUESTS_IN_A_TURN, _REQUESTS_LEAST = 10, 5
_SERVICES_IN_A_TURN = 3.0
"""A turn begins and ends with an answer (``model.engine.RunLoad``): few of them are enough."""
_PATIENCE_S = 2.0
_PATIENCE_SERVICES = 20.0
_PATIENCE_GAPS = 4.0
"""A pause is over, and what piled up in it is answered, within so many times as long; else the load is too much."""
_PATIENCE_QUEUES = 20.0
"""Times what a queue takes to forget where it was, 1 / (bears (1 - rho)²)."""
_PATIENCE_MOST_S = 20.0
_GAPS_IN_A_PIECE = 4.0
_TIMEOUT_QUEUES = 4.0
_TIMEOUT_MOST_S = 120.0
_CURVES = ((1000, 1.0), (400, 1.0), (400, 0.6))
"""Requests that a rate is held for at least, and how much of the time that it would be held else."""
_SHARE_SURE = 0.9
"""Of the share that a gate allows the engine: what is looked at for a moment must hold for every trial."""


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
    plan = _with_enough(plan, learned)
    full = _in_turns_or_not(plan, learned, _REQUESTS_IN_A_TURN)
    if not plan.unsaid or not plan.unsaid.blocks or left_s is None:
        return full
    full = _with_curve_for(full, learned, left_s)
    if blocks_at_most(full, learned, left_s) > FIRST_LOOK:
        return fitted(full, learned, left_s)
    return fitted(_with_curve_for(_in_turns_or_not(plan, learned, _REQUESTS_LEAST), learned, left_s), learned, left_s)


def one_after_another(plan: Plan, learned: Collection[Learned], why: str, *, left_s: float | None) -> Plan:
    """The plan without turns, because of what was seen in them; as it is where the budget has no room for that."""
    is_open = plan.unsaid is not None and plan.unsaid.duration
    phases = [
        msgspec.structs.replace(
            phase, turn_s=None, duration_s=max(phase.duration_s, ALONE_S) if is_open else phase.duration_s
        )
        for phase in plan.phases
    ]
    alone = msgspec.structs.replace(plan, phases=tuple(phases), turn_s=None, alone_because=why)
    if left_s is None or plan.unsaid is None or not plan.unsaid.blocks or not learned:
        return alone
    return fitted(alone, learned, left_s) if blocks_at_most(alone, learned, left_s) >= FIRST_LOOK else plan


def _with_curve_for(plan: Plan, learned: Collection[Learned], left_s: float) -> Plan:
    """Rates held for as long as there is time for: more than the first look is to be had, or chance decides it all."""
    for requests, hold_share in _CURVES:
        if plan.curve is None or blocks_at_most(plan, learned, left_s) > FIRST_LOOK:
            break
        curve = msgspec.structs.replace(plan.curve, requests=requests, hold_share=hold_share)
        plan = msgspec.structs.replace(plan, curve=curve)
    return plan


def _with_cores(plan: Plan, learned: Collection[Learned]) -> Plan:
    """The engine gets a core of its own where it would take too much from stacks that share all cores with it."""
    if plan.cores is None:
        return plan
    shared = max(len(plan.cores.shared), 1)
    shares = {each.stack: each.engine_cpu_share / shared * _utilisation(plan, each) for each in learned}
    allowed = _SHARE_SURE * plan.thresholds.engine_share
    cores = cores_for(plan.cores, shares, allowed=allowed, engine_processes=plan.engine_processes)
    return msgspec.structs.replace(plan, cores=cores)


def _utilisation(plan: Plan, learned: Learned) -> float:
    """What the plan asks of a stack at most, as a share of what it bears; a curve goes on to all of it."""
    return 1.0 if plan.curve else max(phase.load.utilisation_of(learned) for phase in plan.phases)


def _with_enough(plan: Plan, learned: Collection[Learned]) -> Plan:
    """Loads long enough for the percentiles that were asked for, where their duration was left open."""
    if plan.unsaid is None or not plan.unsaid.duration:
        return plan
    phases = [
        msgspec.structs.replace(phase, duration_s=max(phase.duration_s, enough_s(plan, phase, learned)))
        for phase in plan.phases
    ]
    return msgspec.structs.replace(plan, phases=tuple(phases))


def _with_loads(plan: Plan, learned: Collection[Learned]) -> Plan:
    """Rates, connections and time-outs that follow from what the stacks bear."""
    slowest = min(learned, key=lambda each: each.bears_per_s)
    service_s = max(each.service_s for each in learned)
    unsaid = plan.unsaid
    count = connections_for(plan, service_s)
    wait_s = _TIMEOUT_QUEUES * max(count / slowest.bears_per_s, *map(gap_s, learned))
    # What is given up before a limit is reached does not break it.
    limits = plan.curve.limits if plan.curve else ()
    limit_s = 2 * max((limit.most for limit in limits if not limit.is_of_errors), default=0.0)
    requests = msgspec.structs.replace(
        plan.requests, timeout_s=min(max(plan.requests.timeout_s, wait_s + service_s, limit_s), _TIMEOUT_MOST_S)
    )
    share = unsaid.steady_share if unsaid else None
    rate_per_s = None if share is None else _rounded(share * slowest.bears_per_s)
    connections = count if unsaid and unsaid.connections else None
    phases = [
        msgspec.structs.replace(phase, load=phase.load.decided(rate_per_s=rate_per_s, connections=connections))
        for phase in plan.phases
    ]
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
    longest_s = max(map(gap_s, learned))
    turn_s, duration_s = phase.turn_s, phase.duration_s
    if plan.turn_s is not None and not in_turns and plan.unsaid and plan.unsaid.duration:
        duration_s = max(duration_s, _GAPS_IN_A_PIECE * longest_s, _turn_s(phase.load, learned, requests))
    if in_turns and plan.unsaid and plan.unsaid.turn:
        turn_s = max(TURN_S, _turn_s(phase.load, learned, requests))
        if plan.unsaid.duration:
            duration_s = max(duration_s, turn_s)
        turn_s = min(turn_s, duration_s)
    patience_s = max(
        _PATIENCE_S,
        _PATIENCE_SERVICES * service_s,
        2 * (turn_s or 0.0),
        _PATIENCE_GAPS * longest_s,
        _queueing_s(phase.load, learned),
    )
    return msgspec.structs.replace(
        phase, duration_s=duration_s, turn_s=turn_s, patience_s=min(patience_s, _PATIENCE_MOST_S)
    )


def _queueing_s(load: Load, learned: Collection[Learned]) -> float:
    """How long a queue may take to be gone once: it grows with the square of how near the rate is to what is borne."""
    rate_per_s = load.peak_per_s
    if rate_per_s is None:
        return 0.0
    free = [(each.bears_per_s, 1 - rate_per_s / each.bears_per_s) for each in learned]
    return max((_PATIENCE_QUEUES / (bears * share**2) for bears, share in free if share > 0), default=0.0)


def _turn_s(load: Load, learned: Collection[Learned], requests: int) -> float:
    service_s = max(each.service_s for each in learned)
    # Half of it at least is measured, whatever takes to drain.
    return max(load.seconds_for(requests), _SERVICES_IN_A_TURN * service_s, drain_s(load, learned))
