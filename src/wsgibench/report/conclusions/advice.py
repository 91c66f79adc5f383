"""What to do about what is open: go on where that is worth the wait, else what would help instead."""

from collections.abc import Iterator, Sequence
from math import ceil

from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.verdict import (
    Answer,
    ClaimAnswer,
    ClaimPart,
    Comparison,
    Ranking,
    Relation,
    Stop,
    Verdict,
)
from wsgibench.report.conclusions.quantities import percent
from wsgibench.report.wording import listed
from wsgibench.stats.looks import FIRST_LOOK
from wsgibench.units import counted, format_duration, round_duration

_TIMES_MOST = 4.0
_WAIT_MOST_S = 1800.0
"""Nobody waits longer, nor so many times as long as before, for what may not be there."""

_MARGIN_MOST = 0.2
"""Stacks that may be farther apart than this are tied for hardly anybody."""

_ROOM = 1.2
"""A block may take longer than those before it."""

_QUIET = 0.02
"""Trials of one stack in one block differ by this on a machine with nothing else to do."""


def ranking_advice(verdict: Verdict, ranking: Ranking) -> Iterator[str]:
    """Sentences about the pairs of a ranking that are open; none while the run goes on."""
    opened = [each for each in ranking.comparisons if each.is_open]
    if verdict.status == "running":
        return
    if verdict.status != "done":
        yield f"To go on: wsgibench resume, with the folder {verdict.folder}."
        return
    needed, them = ranking.blocks_needed, "it" if len(opened) == 1 else "them all"
    if needed is None and verdict.blocks < max(verdict.looks[0], FIRST_LOOK):
        yield _too_few(verdict)
    elif ranking.settled:
        yield f"More blocks would not settle {them}: no more than bounds is known."
    elif all(each.low is None for each in opened) or verdict.block_s is None:
        return
    elif needed is not None and _is_worth_it(verdict, needed * verdict.block_s):
        yield f"To settle {them} would take {_cost(verdict, needed, needed * verdict.block_s)}."
    else:
        yield f"More of the same would not settle {them} in a time worth waiting for."
        yield from _instead(verdict, ranking, opened)


def claim_advice(verdict: Verdict, claim: ClaimAnswer) -> str:
    """A sentence about a claim of one's own that is undecided, ``blocks_needed`` being known."""
    needed, block_s = claim.blocks_needed or 0, verdict.block_s or 0.0
    if _is_worth_it(verdict, needed * block_s):
        return f"To answer claim {claim.number} would take {_cost(verdict, needed, needed * block_s)}."
    edges = [_edge_of(part) for part in claim.parts if part.answer is Answer.UNDECIDED]
    margin = max((edge for edge in edges if edge is not None), default=1.0)
    if None in edges or margin > _MARGIN_MOST:
        tail = "it is about less than what differs from trial to trial here."
    else:
        tail = f"with 'within {_whole(margin)}%' it would be supported."
    return f"Claim {claim.number} cannot be answered in a time worth waiting for: {tail}"


def _too_few(verdict: Verdict) -> str:
    """No look was reached."""
    if verdict.stop is not Stop.BUDGET or verdict.block_s is None:
        return "Too few blocks to tell a difference from chance: give --blocks 3 or more."
    budget_s = ceil(verdict.looks[0] * verdict.block_s / 10) * 10
    return (
        f"Too few blocks to tell a difference from chance: {counted(verdict.looks[0], 'block')} take "
        f"{format_duration(budget_s)}. Give --budget {budget_s}s or more, or fewer stacks."
    )


def _is_worth_it(verdict: Verdict, time_s: float) -> bool:
    """Half an hour is long, but not for whom it has been as long already."""
    return time_s <= min(_TIMES_MOST * verdict.took_s, max(_WAIT_MOST_S, 2 * verdict.took_s))


def _cost(verdict: Verdict, blocks: int, time_s: float) -> str:
    if verdict.load_s:
        # With the duration, since that is shared by the blocks.
        room = f"--duration {max(round(blocks * verdict.load_s), 1)}s"
    else:
        # A curve is as long as it takes: what would end it is the budget.
        room = f"--budget {round_duration(time_s * _ROOM)}"
    flags = f"--blocks {blocks} {room}"
    return f"about {counted(blocks, 'block')}, {format_duration(time_s)} in all: {flags}"


def _instead(verdict: Verdict, ranking: Ranking, opened: Sequence[Comparison]) -> Iterator[str]:
    """What would help, each only where the record says that it would."""
    edges = [_edge(each.low, each.high) for each in opened]
    margin = max((edge for edge in edges if edge is not None), default=None)
    if margin is not None and None not in edges and margin <= _MARGIN_MOST:
        pair = "The two are" if len(opened) == 1 else "No two of them are"
        most = f"{'surely at most' if len(opened) == 1 else 'more than'} {_whole(margin)} % apart"
        yield f"{pair} {most}: where that is as good as the same, --margin {_whole(margin)}% calls them tied."
    needed, block_s = ranking.blocks_needed, verdict.block_s
    if needed is None or block_s is None:
        return
    yield from _fewer(verdict, ranking, opened, needed * block_s)
    # Of one stack that varies more than others, a caution of its own says so.
    if not any(caution.name == "unequal-noise" for caution in verdict.cautions):
        yield from _quieter(ranking, needed, block_s)


def _fewer(verdict: Verdict, ranking: Ranking, opened: Sequence[Comparison], time_s: float) -> Iterator[str]:
    """A block of fewer stacks is shorter, and fewer pairs share the error: at most so long, rather less."""
    stacks = len(ranking.standings)
    concerned = list(dict.fromkeys(stack for each in opened for stack in (each.first, each.second)))
    for these in (concerned, [opened[0].first, opened[0].second]):
        share_s = time_s * len(these) / stacks
        if len(these) < stacks and _is_worth_it(verdict, share_s):
            cost = _cost(verdict, ranking.blocks_needed or 0, share_s)
            yield f"Without the others, {listed(these)} would take at most {cost}."
            return


def _quieter(ranking: Ranking, needed: int, block_s: float) -> Iterator[str]:
    """The blocks that it takes go with the square of the noise."""
    if ranking.noise is None or ranking.noise <= _QUIET * 1.25:
        return
    blocks = max(ceil(needed * (_QUIET / ranking.noise) ** 2), 3)
    seen = f"trials of one stack differ by {percent(_QUIET)} in {OBJECTIVES[ranking.objective].noun}"
    time_s = blocks * block_s
    cost = f"it would take about {counted(blocks, 'block')}, {format_duration(time_s)}"
    rest = cost if time_s <= _WAIT_MOST_S else "it would take far less"
    yield f"On a machine where {seen}, not by {percent(ranking.noise)}, {rest}; wsgibench doctor tells what disturbs."


def _edge(low: float | None, high: float | None) -> float | None:
    """How far apart two stacks may be at most: 0.05 is a factor of 1.05 either way. None where nothing is known."""
    return max(high, 1 / low) - 1 if low and high else None


def _edge_of(part: ClaimPart) -> float | None:
    """The margin with which the part would be supported; None where none would do."""
    if part.relation is Relation.BETTER or not part.low or not part.high:
        return None
    if part.relation is Relation.TIED:
        return _edge(part.low, part.high)
    higher = OBJECTIVES[part.objective].higher_is_better
    return max((1 / part.low if higher else part.high) - 1, 0.0)


def _whole(share: float) -> int:
    """Percent, rounded up so that it holds."""
    return ceil(share * 100 - 1e-9)
