"""What wins on what: a row for each objective that most people ask for."""

from dataclasses import dataclass
from enum import Enum

from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.verdict import Ranking, Verdict
from wsgibench.report.circumstance_words import under_load
from wsgibench.report.conclusions.pairs import undecided
from wsgibench.report.conclusions.quantities import interval
from wsgibench.report.conclusions.rankings import ahead, bounded, maybe_best, within
from wsgibench.report.wording import listed

_SHOWN = ("throughput", "p50", "p99", "cpu", "memory")
_LISTED_MAX = 3


class WinnerKind(Enum):
    """What is known of the first place, in a word."""

    BEST = "best"
    TIED = "tied"
    OPEN = "not settled"
    ALONE = "only one"
    """There is nothing to hold it against."""
    MISSING = "no figure"


@dataclass(frozen=True)
class Winner:
    """Who is first by an objective.

    Attributes:
        what: the figure, and under which load it was measured where there are several.
        stacks: the best one, those that are tied as best, or those that may be best; ``-`` where none can be ranked.
        value: the best one's, or the first of the tied ones'; from the first to the last of those that may be best.
        interval: the 95 % confidence interval of that figure; empty where it is not known or there are several.
        remark: how far it is ahead, or why none is.
    """

    what: str
    kind: WinnerKind
    stacks: str
    value: str
    interval: str
    remark: str


def winners(verdict: Verdict) -> list[Winner]:
    """Requests/s, p50, p99, CPU and memory, and whatever else was asked for; none before there are any figures."""
    shown = [each for each in verdict.rankings if each.asked or each.objective in _SHOWN]
    shown.sort(key=lambda each: list(OBJECTIVES).index(each.objective))
    if not any(each.standings for each in shown):
        return []
    return [_winner(verdict, each) for each in shown]


def asked_for(verdict: Verdict) -> str:
    """A sentence: what the run was to settle, and that the rest is for information."""
    nouns = listed([OBJECTIVES[each.objective].noun for each in verdict.asked]) if verdict.asked else "nothing"
    return f"The run was to settle {nouns}; the rest is for information."


def _winner(verdict: Verdict, ranking: Ranking) -> Winner:
    objective = OBJECTIVES[ranking.objective]
    what = under_load(objective.noun, ranking.phase, verdict.circumstances.loads)
    if not ranking.standings:
        return Winner(what, WinnerKind.MISSING, "-", "-", "", _why_none(ranking))
    leader = ranking.standings[0]
    value, its_interval = bounded(leader, objective), interval(leader.low, leader.high, objective)
    if len(ranking.standings) == 1:
        return Winner(what, WinnerKind.ALONE, leader.stack, value, its_interval, _why_only(ranking))
    if ranking.winner is not None:
        return Winner(what, WinnerKind.BEST, leader.stack, value, its_interval, ahead(ranking))
    first = maybe_best(ranking)
    if any(set(first).intersection(undecided(ranking, stack)) for stack in first):
        ascending = sorted((each for each in ranking.standings if each.stack in first), key=lambda each: each.value)
        ends = dict.fromkeys(bounded(each, objective) for each in (ascending[0], ascending[-1]))
        return Winner(what, WinnerKind.OPEN, _names(first, len(ranking.standings), "or"), " to ".join(ends), "", "")
    of_all = len(first) == len(ranking.standings)
    names = _names(first, len(ranking.standings), "and")
    return Winner(what, WinnerKind.TIED, names, value, its_interval, within(ranking) if of_all else "")


def _why_none(ranking: Ranking) -> str:
    """What all stacks have in common, where there is such a thing."""
    reasons = {each.reason for each in ranking.unranked}
    return reasons.pop() if len(reasons) == 1 else "no stack can be ranked"


def _why_only(ranking: Ranking) -> str:
    """Why the one that is ranked by this has nothing beside it."""
    if not ranking.unranked:
        return "nothing to hold it against"
    reasons = {each.reason for each in ranking.unranked}
    why = f": {reasons.pop()}" if len(reasons) == 1 else ""
    return f"no other can be ranked by this{why}"


def _names(stacks: list[str], ranked: int, last: str) -> str:
    if len(stacks) <= _LISTED_MAX:
        return listed(stacks, last)
    return f"all {ranked} stacks" if len(stacks) == ranked else f"{len(stacks)} of {ranked} stacks"
