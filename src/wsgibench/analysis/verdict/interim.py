"""The look after a block: what is settled, and whether to go on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from wsgibench.analysis.verdict.answers import open_questions
from wsgibench.analysis.verdict.claims import claims_of
from wsgibench.analysis.verdict.needed import open_rates
from wsgibench.analysis.verdict.rankings import Judged, asked_pairs, judged, questions_of
from wsgibench.analysis.verdict.tables import Table, whole_blocks
from wsgibench.model.plan import Plan
from wsgibench.model.run import FinishedRun
from wsgibench.model.verdict import Outcome, Stop
from wsgibench.stats.pairs import Pair
from wsgibench.stats.sequential import Judgement
from wsgibench.stats.stopping import Question, forecast_of


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is known after ``block`` blocks, over all objectives that were asked for.

    Attributes:
        settled, pairs: how many pairs are better or tied, of all, by each of so many ``objectives``.
        claims_open: how many of the user's claims are undecided.
        rates_open: of how many stacks it is yet to be known whether they bear the rate that was asked about.
        stop: why to stop now; None to go on.
    """

    block: int
    settled: int
    pairs: int
    claims_open: int
    stop: Stop | None
    rates_open: int = 0
    objectives: int = 1


def interim_look(run: FinishedRun, *, blocks_possible: int) -> Look | None:
    """The look after the blocks that the run has; None where the plan has no look after them.

    ``blocks_possible`` is how many there can be in all, within plan and budget. Without any stack that can be ranked,
    nothing is settled: an app that fails everywhere now may do so for the first minute alone.
    """
    blocks = len(whole_blocks(run))
    if blocks not in run.run.plan.looks:
        return None
    plan = run.run.plan
    found = {name: judged(run, name) for name in plan.objectives}
    asked = [
        (judgement, asked_pairs(plan, table, judgement)) for table, judgement in found.values() if judgement is not None
    ]
    waiting = any(_may_yet_be_ranked(run, table, blocks_possible) for table, _ in found.values())
    own = [[*open_questions(claim, plan, found)] for claim in claims_of(plan) if claim.is_own]
    rates = open_rates(run.run, found["capacity"]) if "capacity" in found else []
    others = [*chain.from_iterable(own), *rates]
    return Look(
        block=blocks,
        settled=sum(pair.outcome is not Outcome.UNDECIDED for _, pairs in asked for pair in pairs),
        pairs=sum(len(pairs) for _, pairs in asked),
        claims_open=sum(map(bool, own)),
        stop=None if waiting else _stop(asked, others, blocks_possible, is_asked=_asks_beside_pairs(plan, found)),
        rates_open=len(rates),
        objectives=len(found),
    )


def _may_yet_be_ranked(run: FinishedRun, table: Table, blocks_possible: int) -> bool:
    """Whether a stack of which too few trials count so far may have enough in the end.

    What never counts has no hope.
    """
    counts = Counter(trial.stack.label for trial in run.trials if trial.counts)
    left = blocks_possible - len(table.blocks)
    return any(
        0 < 2 * counts[each.stack] <= len(table.blocks) and 2 * (counts[each.stack] + left) > blocks_possible
        for each in table.unranked
    )


def _asks_beside_pairs(plan: Plan, found: Mapping[str, Judged]) -> bool:
    """Whether there is a rate, or a claim of one's own, that stacks which are ranked can answer."""
    claimed = [part for claim in claims_of(plan) if claim.is_own for part in claim.parts]
    is_rate_asked = plan.curve is not None and plan.curve.wanted_per_s is not None
    return any(
        (is_rate_asked and name == "capacity" and bool(table.stacks))
        or any(not part.not_in(table.stacks) for part in claimed)
        for name, (table, _) in found.items()
    )


def _stop(
    asked: Sequence[tuple[Judgement, list[Pair]]],
    others: Sequence[tuple[Judgement, Question]],
    blocks_possible: int,
    *,
    is_asked: bool,
) -> Stop | None:
    if not is_asked and not any(pairs for _, pairs in asked):
        # One stack alone has nothing to settle: each block makes its figures more certain.
        return None
    opened = [(judgement, questions_of(pairs, judgement)) for judgement, pairs in asked]
    forecasts = [forecast_of(questions, judgement, blocks_possible) for judgement, questions in opened if questions]
    forecasts += [forecast_of([question], judgement, blocks_possible) for judgement, question in others]
    if not forecasts:
        return Stop.SETTLED
    if all(each.hopeless for each in forecasts):
        return Stop.HOPELESS
    return None
