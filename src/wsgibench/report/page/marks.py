"""How a stack stands in a ranking, as a sign and a word: never by colour alone."""

from dataclasses import dataclass

from wsgibench.model.verdict import Outcome, Ranking
from wsgibench.report.conclusions import WinnerKind
from wsgibench.report.conclusions.pairs import undecided


@dataclass(frozen=True)
class Mark:
    """``kind`` is ``best``, ``tied``, ``open``, ``behind`` or ``failed``."""

    kind: str
    sign: str
    word: str


BEST = Mark("best", "★", "best")
TIED = Mark("tied", "=", "tied as best")
OPEN = Mark("open", "?", "undecided")
BEHIND = Mark("behind", "", "behind")
FAILED = Mark("failed", "✕", "not ranked")

WINNER_MARKS = {
    WinnerKind.BEST: BEST,
    WinnerKind.TIED: TIED,
    WinnerKind.OPEN: OPEN,
    WinnerKind.ALONE: BEHIND,
    WinnerKind.MISSING: FAILED,
}
"""Of who is first by an objective; the words are the kind's own."""


def marks_of(ranking: Ranking) -> dict[str, Mark]:
    """The mark of each stack, those that are not ranked included."""
    marks = {standing.stack: _mark(ranking, standing.stack) for standing in ranking.standings}
    return marks | {each.stack: FAILED for each in ranking.unranked}


def _mark(ranking: Ranking, stack: str) -> Mark:
    leader = ranking.standings[0].stack
    if stack == ranking.winner:
        return BEST
    if stack != leader:
        outcome = ranking.between(stack, leader).outcome
        return {Outcome.TIED: TIED, Outcome.UNDECIDED: OPEN}.get(outcome, BEHIND)
    if undecided(ranking, leader):
        return OPEN
    tied = any(ranking.between(leader, each.stack).outcome is Outcome.TIED for each in ranking.standings[1:])
    return TIED if tied else BEHIND
