"""The ranking of a run's stacks by one objective."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from wsgibench.analysis.phase_figures import known
from wsgibench.analysis.verdict.objective_figures import phase_of
from wsgibench.analysis.verdict.tables import Table, table_of
from wsgibench.model.objective import OBJECTIVES, Objective
from wsgibench.model.plan import Plan
from wsgibench.model.run import FinishedRun
from wsgibench.model.verdict import CONTRADICTORY, Comparison, Merged, Outcome, Ranking, Standing
from wsgibench.stats.blocks import residual_noise
from wsgibench.stats.curves import Censoring
from wsgibench.stats.levels import levels
from wsgibench.stats.pairs import Pair, Regions, settled_within
from wsgibench.stats.sequential import ERROR, Judgement, judge
from wsgibench.stats.stopping import Question, forecast_of


def error_of(plan: Plan, objective: str) -> float:
    """What one ranking may err: those that were asked for share the error, so that together they keep it."""
    return ERROR / len(plan.objectives) if objective in plan.objectives else ERROR


Judged = tuple[Table, Judgement | None]
"""The figures by one objective, and what they say; None where no stack can be ranked."""


def judged(run: FinishedRun, name: str) -> Judged:
    """What the run says by the objective of that name."""
    objective, plan = OBJECTIVES[name], run.run.plan
    table = table_of(run, objective, phase_of(plan, objective))
    if not table.stacks:
        return table, None
    # Without looks the run is judged once, where it ended: that was not decided by what had been found. One that is
    # still going has not ended.
    end = plan.blocks if run.run.status == "running" else len(table.blocks)
    return table, judge(
        table.figures,
        looks=plan.looks or (end,),
        higher_is_better=objective.higher_is_better,
        margin=plan.margin,
        error=error_of(plan, objective.name),
        censoring=table.censoring,
    )


def asked_pairs(plan: Plan, table: Table, judgement: Judgement) -> list[Pair]:
    """The pairs that the run is to settle: all, or those of variants of one stack."""
    stacks = [label.partition("@")[0] for label in table.stacks]
    return [pair for pair in judgement.pairs if not plan.within_stacks or stacks[pair.first] == stacks[pair.second]]


def questions_of(pairs: Sequence[Pair], judgement: Judgement) -> list[Question]:
    """What is asked of those pairs that are open."""
    regions = settled_within(judgement.margin)
    questions = [
        question_of(judgement, pair.first, pair.second, regions) for pair in pairs if pair.outcome is Outcome.UNDECIDED
    ]
    return [question for question in questions if question]


def question_of(judgement: Judgement, first: int, second: int, regions: Regions) -> Question | None:
    """The question of a pair; None where what was measured can never answer it, for one of the two is but a bound."""
    low_hidden, high_hidden = judgement.hidden[first, second], judgement.hidden[second, first]
    left = tuple(
        (low, high)
        for low, high in regions
        if not (low_hidden and np.isfinite(low)) and not (high_hidden and np.isfinite(high))
    )
    return Question(first, second, left) if left else None


def ranking_of(plan: Plan, name: str, found: Judged, merged: Mapping[tuple[str, str], Merged]) -> Ranking:
    """The ranking by the objective of that name; ``merged`` are percentiles by stack and objective."""
    objective = OBJECTIVES[name]
    table, judgement = found
    nothing = Ranking(
        objective=name,
        phase=phase_of(plan, objective),
        asked=name in plan.objectives,
        error=error_of(plan, name),
        standings=(),
        comparisons=(),
        unranked=table.unranked,
    )
    if judgement is None:
        return nothing
    standings = _standings(objective, table, judgement, merged)
    best = judgement.winner
    asked = asked_pairs(plan, table, judgement)
    opened = questions_of(asked, judgement)
    return msgspec.structs.replace(
        nothing,
        standings=standings,
        comparisons=tuple(_comparisons(table, judgement, [standing.stack for standing in standings], asked)),
        winner=None if best is None else table.stacks[best],
        settled=not opened,
        blocks_needed=forecast_of(opened, judgement, plan.blocks).blocks_needed if opened else None,
        noise=known(residual_noise(np.log(table.figures))),
    )


def _standings(
    objective: Objective, table: Table, judgement: Judgement, merged: Mapping[tuple[str, str], Merged]
) -> tuple[Standing, ...]:
    effects = None if judgement.estimates is None else judgement.estimates.effects
    if effects is not None and not objective.higher_is_better:
        effects = -effects
    found = levels(np.log(table.figures), effects, beyond=np.array(table.read_to))
    # A bound is what the stack's own curves tell, wherever the others stood in its blocks.
    own = levels(np.log(table.figures), beyond=np.array(table.read_to))
    is_bound = (table.censoring != Censoring.NONE).any(axis=0)
    value, lowest, highest = (
        np.exp(np.where(is_bound, alone, among))
        for alone, among in ((own.value, found.value), (own.low, found.low), (own.high, found.high))
    )
    less, more = ((table.censoring == kind).sum(axis=0) for kind in (Censoring.LESS_THAN, Censoring.AT_LEAST))
    standings = [
        Standing(
            stack=stack,
            rank=rank,
            value=float(value[column]),
            low=None if less[column] else known(lowest[column]),
            high=None if more[column] else known(highest[column]),
            counted=int(np.isfinite(table.figures[:, column]).sum()),
            trials=len(table.blocks),
            merged=merged.get((stack, objective.name)),
            bound=bound_in_words(less[column], more[column]),
            less_than=int(less[column]),
            at_least=int(more[column]),
            too_few=table.too_few.get(stack, 0),
            by_engine=table.by_engine.get(stack, 0),
            limit=table.limits.get(stack),
            by_queue=stack in table.by_queue,
        )
        for column, (stack, rank) in enumerate(zip(table.stacks, judgement.ranks, strict=True))
    ]
    turn = -1 if objective.higher_is_better else 1
    return tuple(sorted(standings, key=lambda standing: (standing.rank, turn * standing.value)))


def bound_in_words(less: int, more: int) -> str:
    """What is to be said before a figure of which in so many trials no more is known than that it is less, or more."""
    if less and more:
        return CONTRADICTORY
    return "less than" if less else "at least" if more else ""


def _comparisons(table: Table, judgement: Judgement, order: Sequence[str], asked: Sequence[Pair]) -> list[Comparison]:
    """Every pair once, the one that stands higher first."""
    to_settle = {(pair.first, pair.second) for pair in asked}
    comparisons = []
    for pair in judgement.pairs:
        is_censored = judgement.hidden[pair.first, pair.second] or judgement.hidden[pair.second, pair.first]
        is_bounded = pair.low > 0 and np.isfinite(pair.high)
        found = Comparison(
            first=table.stacks[pair.first],
            second=table.stacks[pair.second],
            ratio=None if is_censored else pair.ratio,
            low=pair.low if is_bounded or (is_censored and pair.low > 0) else None,
            high=pair.high if is_bounded or (is_censored and np.isfinite(pair.high)) else None,
            outcome=pair.outcome,
            asked=(pair.first, pair.second) in to_settle,
        )
        comparisons.append(found if order.index(found.first) < order.index(found.second) else found.reversed)
    return sorted(comparisons, key=lambda each: (order.index(each.first), order.index(each.second)))
