"""Claims held against what a run found."""

from collections.abc import Iterator, Mapping
from math import inf

import msgspec

from wsgibench.analysis.verdict.claims import Claim
from wsgibench.analysis.verdict.rankings import Judged, question_of
from wsgibench.analysis.verdict.statements import Statement
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.plan import Plan
from wsgibench.model.verdict import Answer, ClaimAnswer, ClaimPart, Ranking
from wsgibench.stats.claim_answers import all_of, answer, answered_within
from wsgibench.stats.sequential import Judgement
from wsgibench.stats.stopping import Question, forecast_of


def open_questions(claim: Claim, plan: Plan, found: Mapping[str, Judged]) -> Iterator[tuple[Judgement, Question]]:
    """What would have to be known to answer it, of what may be known in time; ``found`` is by objective."""
    labels = [stack.label for stack in plan.stacks]
    for statement in claim.parts:
        if statement.not_in(labels):
            continue
        table, judgement = found.get(statement.objective or plan.objectives[0], (None, None))
        if table is None or judgement is None or statement.not_in(table.stacks):
            continue
        index = table.stacks.index(statement.first), table.stacks.index(statement.second)
        low, high = (float(end[index]) for end in (judgement.intervals.low, judgement.intervals.high))
        regions = answered_within(statement.relation, statement.edge(plan))
        question = question_of(judgement, *index, regions)
        if question and not any(begin <= low and high <= end for begin, end in regions):
            yield judgement, question


def answer_of(claim: Claim, plan: Plan, found: Mapping[str, Judged], rankings: Mapping[str, Ranking]) -> ClaimAnswer:
    """The claim, held against what was found, and the rankings made of it; both by objective."""
    parts = tuple(_part(statement, rankings, plan) for statement in claim.parts)
    needed = [
        forecast_of([question], judgement, plan.blocks).blocks_needed
        for judgement, question in open_questions(claim, plan, found)
    ]
    return ClaimAnswer(
        source=claim.source,
        number=claim.number,
        text=claim.text,
        answer=all_of(part.answer for part in parts),
        parts=parts,
        blocks_needed=None if None in needed else max((number for number in needed if number), default=None),
    )


def _part(statement: Statement, rankings: Mapping[str, Ranking], plan: Plan) -> ClaimPart:
    name = statement.objective or plan.objectives[0]
    part = ClaimPart(
        first=statement.first,
        relation=statement.relation,
        second=statement.second,
        objective=name,
        margin=plan.margin if statement.margin is None else statement.margin,
        answer=Answer.UNDECIDED,
    )
    ranking = rankings.get(name)
    missing = _missing(statement, ranking, plan)
    if ranking is None or missing:
        return msgspec.structs.replace(part, missing=missing)
    found = ranking.between(part.first, part.second)
    part = msgspec.structs.replace(part, ratio=found.ratio, low=found.low, high=found.high)
    if found.low is None and found.high is None:
        return msgspec.structs.replace(part, missing=f"nothing is known of {part.first} beside {part.second} yet")
    low, high = 0.0 if found.low is None else found.low, inf if found.high is None else found.high
    higher = OBJECTIVES[name].higher_is_better
    better = (low, high) if higher else (1 / high, 1 / low if low else inf)
    return msgspec.structs.replace(part, answer=answer(*better, part.relation, statement.edge(plan)))


def _missing(statement: Statement, ranking: Ranking | None, plan: Plan) -> str:
    """A clause about what is not known; empty where both stacks are ranked."""
    absent = statement.not_in([stack.label for stack in plan.stacks])
    if absent:
        return f"{' and '.join(absent)} {'is' if len(absent) == 1 else 'are'} not in this run"
    if ranking is None:
        return f"this run has no {OBJECTIVES[statement.objective or plan.objectives[0]].noun}"
    unranked = statement.not_in([standing.stack for standing in ranking.standings])
    return f"{' and '.join(unranked)} could not be ranked" if unranked else ""
