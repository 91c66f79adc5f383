"""A ranking in words: its title, a row for each stack, and the sentence that says who is best."""

from dataclasses import dataclass

from wsgibench.model.objective import OBJECTIVES, Objective
from wsgibench.model.verdict import Outcome, Ranking, Standing, Verdict
from wsgibench.report.circumstance_words import under_load
from wsgibench.report.conclusions.capacity import in_operation, limits_in_words
from wsgibench.report.conclusions.pairs import apart, span, undecided, why_unknown
from wsgibench.report.conclusions.quantities import change, figure, interval, percent
from wsgibench.report.placement import cores_in_words, workers_in_words
from wsgibench.report.wording import listed
from wsgibench.units import counted

_LISTED_MAX = 4


@dataclass(frozen=True)
class Row:
    """A stack in a ranking, as it is shown; ``rank`` is ``1``, ``1-3`` where that is not settled, ``-`` unranked."""

    rank: str
    stack: str
    value: str
    interval: str
    remark: str


def title(verdict: Verdict, ranking: Ranking) -> str:
    """``Most requests/s on this machine (on both of its 2 cores, 4 workers, sqlite, 8,558 documents)``."""
    found = verdict.circumstances
    parts = [cores_in_words(found), workers_in_words(found), found.store or found.app]
    return f"{title_of(verdict, ranking)} on this machine ({', '.join(parts)})"


def title_of(verdict: Verdict, ranking: Ranking) -> str:
    """Of the objective; of capacities with the limits: ``Most requests/s with p99 < 100 ms and errors < 0.1 %``."""
    if ranking.objective != "capacity":
        return OBJECTIVES[ranking.objective].title
    return f"Most requests/s with {limits_in_words(verdict.circumstances.limits)}"


def rows(ranking: Ranking) -> list[Row]:
    """The ranked stacks, the best first, then those that are not ranked."""
    objective = OBJECTIVES[ranking.objective]
    shown = [
        Row(
            _rank(ranking, standing),
            standing.stack,
            bounded(standing, objective),
            interval(standing.low, standing.high, objective),
            _remark(ranking, standing),
        )
        for standing in ranking.standings
    ]
    return shown + [Row("-", each.stack, "", "", f"not ranked: {each.reason}") for each in ranking.unranked]


def bounded(standing: Standing, objective: Objective) -> str:
    """Its figure, and whether it is but a bound: ``at least 6,900/s``."""
    return f"{standing.bound} {figure(standing.value, objective)}".lstrip()


def heading_of(verdict: Verdict, ranking: Ranking) -> str:
    """``Lowest mean response time, steady load``: what was ranked, and when it was measured."""
    return under_load(title_of(verdict, ranking), ranking.phase, verdict.circumstances.loads)


def headline(ranking: Ranking) -> str:
    """The sentence that says who is best."""
    standings = ranking.standings
    if not standings:
        return "No stack can be ranked."
    leader = standings[0]
    if len(standings) == 1:
        return f"{leader.stack}: {_with_figure(ranking, leader)}; there is nothing to hold it against."
    if ranking.winner is not None:
        return f"{leader.stack} is best: {_with_figure(ranking, leader)}, {ahead(ranking)}."
    first = maybe_best(ranking)
    if any(set(first).intersection(undecided(ranking, stack)) for stack in first):
        asked = any(each.asked for each in ranking.comparisons if {each.first, each.second} <= set(first))
        what = "It is not settled" if asked else "It was not asked"
        return f"{what} which is best{_of_which(first, len(standings))}."
    if len(first) == len(standings):
        return f"{'Both' if len(standings) == 2 else f'All {len(standings)}'} stacks are tied: {within(ranking)}."
    return f"{listed(first)} are tied as best, {_with_figure(ranking, leader)}."


def open_pairs(ranking: Ranking) -> list[str]:
    """A clause for each pair that is not settled: ``a and b (a is between 2 % below and 7 % above)``."""
    return [
        f"{each.first} and {each.second}"
        + ("" if each.low is None and each.high is None else f" ({each.first}: {span(each)})")
        for each in ranking.comparisons
        if each.is_open
    ]


def maybe_best(ranking: Ranking) -> list[str]:
    """Stacks that may be best, of a ranking without a winner: those than which none is better.

    Where that is one alone, and yet no winner, they are those that it is not better than.
    """
    leader, *others = ranking.standings
    first = [leader.stack, *(each.stack for each in others if each.rank == leader.rank)]
    if len(first) > 1:
        return first
    return first + [
        each.stack for each in others if ranking.between(leader.stack, each.stack).outcome is not Outcome.BETTER
    ]


def _rank(ranking: Ranking, standing: Standing) -> str:
    opened = len(undecided(ranking, standing.stack))
    return f"{standing.rank}-{standing.rank + opened}" if opened else str(standing.rank)


def _remark(ranking: Ranking, standing: Standing) -> str:
    missing = standing.trials - standing.counted
    gaps = f"{missing} of {counted(standing.trials, 'trial')} did not count" if missing else ""
    leader = ranking.standings[0]
    if ranking.objective == "capacity":
        gaps = "; ".join(part for part in (in_operation(standing), gaps) if part)
    if standing.merged is not None:
        value = f"{figure(standing.merged.value, OBJECTIVES[ranking.objective])} over all requests"
        gaps = "; ".join(part for part in (value, gaps) if part)
    if standing is leader:
        return gaps
    sure = ranking.winner == leader.stack or not undecided(ranking, leader.stack)
    pair = ranking.between(standing.stack, leader.stack)
    found = apart(pair, "the best" if sure else leader.stack, why_unknown(ranking, pair))
    found = found.replace("tied with the best", f"tied with {leader.stack}")
    return "; ".join(part for part in (found, _beside(ranking, standing), gaps) if part)


def _beside(ranking: Ranking, standing: Standing) -> str:
    """What keeps it from standing below the one above it, where that is not the leader."""
    index = ranking.standings.index(standing)
    above = ranking.standings[index - 1]
    if index < 2 or above.rank != standing.rank or above.rank == ranking.standings[0].rank:
        return ""
    outcome = ranking.between(standing.stack, above.stack).outcome
    return f"tied with {above.stack}" if outcome is Outcome.TIED else f"not settled against {above.stack}"


def _of_which(candidates: list[str], ranked: int) -> str:
    if len(candidates) <= _LISTED_MAX:
        return f": {listed(candidates, 'or')}"
    return f" of all {ranked} stacks" if len(candidates) == ranked else f": {len(candidates)} of {ranked} stacks may be"


def _with_figure(ranking: Ranking, standing: Standing) -> str:
    objective = OBJECTIVES[ranking.objective]
    value = figure(standing.value, objective)
    if standing.bound:
        return f"{standing.bound} {value.removesuffix('/s')} requests/s"
    return f"{value.removesuffix('/s')} requests/s" if objective.unit == "1/s" else f"{objective.noun} {value}"


def ahead(ranking: Ranking) -> str:
    """How far the first is ahead of the second: ``10 % [7, 14] more than gunicorn``."""
    leader, second = ranking.standings[0].stack, ranking.standings[1].stack
    found = ranking.between(leader, second)
    if found.ratio is None:
        return f"{span(found)} {second}"
    ratio = found.ratio
    if ratio >= 2:
        return f"{change(ratio, found.low, found.high)} that of {second}"
    return f"{change(ratio, found.low, found.high)} {'more' if ratio >= 1 else 'less'} than {second}"


def within(ranking: Ranking) -> str:
    """How far any two are apart at most: ``no two are more than 3 % apart``."""
    highs = [max(each.high or 1.0, 1 / (each.low or 1.0)) for each in ranking.comparisons]
    return f"no two are more than {percent(max(highs) - 1)} apart"
