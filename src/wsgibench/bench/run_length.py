"""How many blocks a run has, how long the loads of each are, and when it is looked at."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import ceil

import msgspec

from wsgibench.bench.requests_wanted import in_words, ranked_in, requests_wanted
from wsgibench.bench.run_options import Profile, RunOptions
from wsgibench.errors import UsageError
from wsgibench.model.load import Load
from wsgibench.model.plan import Phase, Plan
from wsgibench.stats.looks import FIRST_LOOK, looks_of
from wsgibench.units import format_duration

_LOAD_EVER_S = 7 * 86_400.0

_IN_TURNS_S = 1.2
"""Of each load, for each stack in each block: many short blocks, since only fresh starts tell noise from difference."""
_ALONE_S = 6.0
"""The same where a trial is one piece: users need some seconds until they are spread out."""
_SHORTEST_S = 0.4
"""A block with less load than that shows little but its own beginning."""
_TURNS_SHARE = 1.25
"""What turns take, with leads and drains, beside their load."""
_OVERHEAD_S = {True: 0.75, False: 1.5}
"""What a trial costs beside its load: in turns, and alone."""
BLOCKS_MOST = 24


@dataclass(frozen=True)
class RunLength:
    """``looks`` are empty where the number of blocks is fixed; ``budget_s`` is None for no limit."""

    phases: tuple[Phase, ...]
    blocks: int
    looks: tuple[int, ...]
    budget_s: float | None


def run_length_of(
    run_options: RunOptions,
    profile: Profile,
    loads: Mapping[str, Load],
    *,
    stacks: int,
    in_turns: bool,
    objectives: Collection[str] = (),
) -> RunLength:
    """The pace.

    A number of blocks or a duration that the user asked for is kept, whatever the profile's budget: that is a promise.
    Without a number there are as many blocks as the budget has room for. Without a duration loads last long enough for
    the percentiles among the ``objectives``, as far as their rate is known by now.

    Raises:
        UsageError: the budget is too short for these.
    """
    load_s = _IN_TURNS_S if in_turns else _ALONE_S
    duration_s = run_options.duration_s or profile.duration_s
    blocks = run_options.blocks or profile.blocks
    open_phases = _with_enough(_phases(run_options, profile, loads, load_s), objectives)
    if blocks is None:
        block_s = _block_s(open_phases, stacks=stacks, in_turns=in_turns)
        if duration_s is None:
            _require_room(run_options.budget_s or profile.budget_s, block_s, open_phases, objectives)
        room_s = run_options.budget_s or profile.budget_s or 0.0
        most = BLOCKS_MOST if duration_s is None else int(duration_s / _SHORTEST_S)
        blocks = max(min(int(room_s / block_s), most, BLOCKS_MOST), FIRST_LOOK)
    promised = run_options.blocks is not None or run_options.duration_s is not None
    return RunLength(
        phases=open_phases if duration_s is None else _phases(run_options, profile, loads, duration_s / blocks),
        blocks=blocks,
        looks=() if run_options.blocks or blocks == 1 else looks_of(blocks),
        budget_s=profile.budget_s if run_options.budget_s is None and not promised else run_options.budget_s,
    )


def _phases(run_options: RunOptions, profile: Profile, loads: Mapping[str, Load], load_s: float) -> tuple[Phase, ...]:
    warmup_s = profile.warmup_s if run_options.warmup_s is None else run_options.warmup_s
    return tuple(Phase(name=name, load=load, duration_s=load_s, warmup_s=warmup_s) for name, load in loads.items())


def _with_enough(phases: tuple[Phase, ...], objectives: Collection[str]) -> tuple[Phase, ...]:
    return tuple(
        msgspec.structs.replace(phase, duration_s=max(phase.duration_s, _enough_s(phase, phases, objectives)))
        for phase in phases
    )


def _enough_s(phase: Phase, phases: tuple[Phase, ...], objectives: Collection[str]) -> float:
    rate_per_s = phase.load.rate_per_s(bears_per_s=None)
    return 0.0 if rate_per_s is None else requests_wanted(phase, phases, objectives) / rate_per_s


def _require_room(
    budget_s: float | None, block_s: float, phases: tuple[Phase, ...], objectives: Collection[str]
) -> None:
    """Refuse a budget that has no room for the blocks of a first look because of a percentile."""
    for phase in phases:
        names = ranked_in(phase, phases, objectives)
        if budget_s is not None and names and FIRST_LOOK * block_s > budget_s:
            needed_s = ceil(FIRST_LOOK * block_s / 60) * 60
            raise UsageError(
                f"{in_words(names, requests_wanted(phase, phases, objectives))}: {FIRST_LOOK} blocks take "
                f"{format_duration(needed_s)}, and the budget is {format_duration(budget_s)}.",
                f"Give --budget {needed_s // 60}m, or fewer stacks.",
            )


def _block_s(phases: tuple[Phase, ...], *, stacks: int, in_turns: bool) -> float:
    load_s = sum(phase.total_s for phase in phases) * (_TURNS_SHARE if in_turns else 1.0)
    return stacks * (load_s + _OVERHEAD_S[in_turns])


def check_length(plan: Plan) -> None:
    """Refuse a run that nobody would wait for, and whose folder would not be read again.

    Raises:
        UsageError: it has too much load.
    """
    load_s = plan.blocks * len(plan.stacks) * sum(phase.total_s for phase in plan.phases)
    if load_s > _LOAD_EVER_S:
        raise UsageError(
            f"The stacks would be under load for {format_duration(load_s)}, and a week is the most.",
            "Give a shorter --duration, fewer stacks or fewer --blocks.",
        )
