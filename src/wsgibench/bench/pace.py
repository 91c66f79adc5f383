"""How many blocks a run has, how long the loads of each are, and when it is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass

from wsgibench.bench.wishes import Profile, Wishes
from wsgibench.model.load import Load
from wsgibench.model.plan import Phase
from wsgibench.stats.looks import FIRST_LOOK, looks_of

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
class Pace:
    """``looks`` are empty where the number of blocks is fixed; ``budget_s`` is None for no limit."""

    phases: tuple[Phase, ...]
    blocks: int
    looks: tuple[int, ...]
    budget_s: float | None


def pace_of(wishes: Wishes, profile: Profile, loads: Mapping[str, Load], *, stacks: int, in_turns: bool) -> Pace:
    """The pace.

    A number of blocks or a duration that the user asked for is kept, whatever the profile's budget: that is a promise.
    Without a number there are as many blocks as the budget has room for.
    """
    load_s = _IN_TURNS_S if in_turns else _ALONE_S
    duration_s = wishes.duration_s or profile.duration_s
    blocks = wishes.blocks or profile.blocks
    if blocks is None:
        block_s = _block_s(_phases(wishes, profile, loads, load_s), stacks=stacks, in_turns=in_turns)
        room_s = wishes.budget_s or profile.budget_s or 0.0
        most = BLOCKS_MOST if duration_s is None else int(duration_s / _SHORTEST_S)
        blocks = max(min(int(room_s / block_s), most, BLOCKS_MOST), FIRST_LOOK)
    promised = wishes.blocks is not None or wishes.duration_s is not None
    return Pace(
        phases=_phases(wishes, profile, loads, load_s if duration_s is None else duration_s / blocks),
        blocks=blocks,
        looks=() if wishes.blocks or blocks == 1 else looks_of(blocks),
        budget_s=profile.budget_s if wishes.budget_s is None and not promised else wishes.budget_s,
    )


def _phases(wishes: Wishes, profile: Profile, loads: Mapping[str, Load], load_s: float) -> tuple[Phase, ...]:
    warmup_s = profile.warmup_s if wishes.warmup_s is None else wishes.warmup_s
    return tuple(Phase(name=name, load=load, duration_s=load_s, warmup_s=warmup_s) for name, load in loads.items())


def _block_s(phases: tuple[Phase, ...], *, stacks: int, in_turns: bool) -> float:
    load_s = sum(phase.total_s for phase in phases) * (_TURNS_SHARE if in_turns else 1.0)
    return stacks * (load_s + _OVERHEAD_S[in_turns])
