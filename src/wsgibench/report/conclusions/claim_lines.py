"""Claims and their answers in words."""

from collections import Counter
from dataclasses import dataclass
from math import inf

from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.verdict import Answer, ClaimAnswer, ClaimPart, Comparison, Outcome, Relation, Verdict
from wsgibench.report.conclusions.pairs import apart, span

_REASONS_MAX = 3


@dataclass(frozen=True)
class ClaimLine:
    """``heading`` is the source's, ``why`` the figures that decided."""

    heading: str
    number: int
    answer: Answer
    text: str
    why: tuple[str, ...]


def claim_lines(verdict: Verdict) -> list[ClaimLine]:
    """The article's, then the user's own."""
    return [
        ClaimLine(_heading(claim), claim.number, claim.answer, claim.text, tuple(_reasons(claim)))
        for claim in verdict.claims
    ]


def claims_in_short(verdict: Verdict) -> str:
    """``1 supported, 3 not supported``."""
    counts = Counter(claim.answer for claim in verdict.claims)
    parts = [f"{counts[answer]} {answer.value}" for answer in Answer if counts[answer]]
    return ", ".join(parts) or "none was put to this run"


def _heading(claim: ClaimAnswer) -> str:
    if claim.source == "own":
        return "Your claims"
    return f"The article's claims here, on {OBJECTIVES[claim.parts[0].objective].noun}"


def _reasons(claim: ClaimAnswer) -> list[str]:
    """What decided: of a claim that is supported its only part, else those that keep it from being so."""
    if claim.answer is Answer.SUPPORTED:
        return [_found(part) for part in claim.parts] if len(claim.parts) == 1 else []
    decisive = [_found(part) for part in claim.parts if part.answer is claim.answer]
    more = len(decisive) - _REASONS_MAX
    return [*decisive[:_REASONS_MAX], f"and so on, {more} more"] if more > 0 else decisive


def _found(part: ClaimPart) -> str:
    """``gunicorn is 43 % [41, 45] below nginx+uwsgi``."""
    if part.missing is not None:
        return part.missing
    low, high = 0.0 if part.low is None else part.low, inf if part.high is None else part.high
    if part.answer is Answer.UNDECIDED:
        outcome = Outcome.UNDECIDED
    elif 1 / (1 + part.margin) <= low and high <= 1 + part.margin and part.relation is not Relation.AT_LEAST_TIED:
        outcome = Outcome.TIED
    elif low < 1 < high:
        # At least tied, by its lower edge alone.
        outcome = Outcome.UNDECIDED
    else:
        outcome = Outcome.BETTER
    found = Comparison(
        first=part.first, second=part.second, ratio=part.ratio, low=part.low, high=part.high, outcome=outcome
    )
    if outcome is Outcome.UNDECIDED:
        return f"{part.first} is {span(found)} {part.second}"
    return f"{part.first} is {apart(found, part.second)}"
