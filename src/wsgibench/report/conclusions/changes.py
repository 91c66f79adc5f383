"""What becomes of an app from one variant to another, a sentence for each figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, log

from wsgibench.model.objective import OBJECTIVES, Objective
from wsgibench.model.verdict import Comparison, Outcome, Ranking, Verdict
from wsgibench.report.conclusions.pairs import why_unknown
from wsgibench.report.conclusions.quantities import change
from wsgibench.units import counted, format_duration

_FINE_MOST = 10.0
"""Percent up to which a tenth is said: of a change of code it matters, and turns tell it."""

_HARDLY = 10.0
"""What may be ten times as much or a tenth is not known at all."""


@dataclass(frozen=True)
class ChangeLine:
    """``sentence`` is about two variants by one figure, on one stack; ``asked``: whether the run was to settle it."""

    objective: str
    stack: str
    asked: bool
    sentence: str


def changes(verdict: Verdict) -> list[ChangeLine]:
    """Each variant beside the first, on each stack: what was asked for first; none of a run without several."""
    if len(verdict.circumstances.variants) < 2:
        return []
    others = [ranking for ranking in verdict.rankings if not ranking.asked]
    return [line for ranking in (*verdict.asked, *others) for line in _lines(verdict, ranking)]


def changes_title(verdict: Verdict) -> str:
    """``new beside old``."""
    first, *others = verdict.circumstances.variants
    return f"{', '.join(others)} beside {first}"


def _lines(verdict: Verdict, ranking: Ranking) -> Iterator[ChangeLine]:
    names = tuple(verdict.circumstances.variants)
    unranked = {each.stack: each.reason for each in ranking.unranked}
    labels = [*(standing.stack for standing in ranking.standings), *unranked]
    stacks = sorted(label.removesuffix(f"@{names[0]}") for label in labels if label.endswith(f"@{names[0]}"))
    for stack in stacks:
        where = f" with {stack}" if len(stacks) > 1 else ""
        for name in names[1:]:
            new, old = f"{stack}@{name}", f"{stack}@{names[0]}"
            lost = [f"{label}: {unranked[label]}" for label in (new, old) if label in unranked]
            if lost and not ranking.asked:
                continue
            if lost:
                said = f"nothing can be said of {name} beside {names[0]}{where} on {_noun(ranking)} ({'; '.join(lost)})"
            else:
                said = _said(verdict, ranking, ranking.between(new, old), name, names[0]) + where
            yield ChangeLine(ranking.objective, stack, ranking.asked, f"{said}.")


def _said(verdict: Verdict, ranking: Ranking, found: Comparison, new: str, old: str) -> str:
    objective, noun = OBJECTIVES[ranking.objective], _noun(ranking)
    if found.low is None or found.high is None:
        return _without_both_ends(ranking, found, new, old)
    if found.outcome is Outcome.TIED:
        low, high = (_fine((end - 1) * 100) for end in (found.low, found.high))
        return (
            f"no difference beyond {beyond(found.low, found.high)} % [{low}, {high}] between {new} and {old} on {noun}"
        )
    if found.outcome is Outcome.UNDECIDED or found.ratio is None:
        said = _may_be(found.low, found.high, objective, new, old)
        is_open = found.outcome is Outcome.UNDECIDED
        return f"undecided on {noun}: {said}{_what_it_takes(verdict, ranking)}" if is_open else f"{said} on {noun}"
    if found.ratio >= 2:
        return f"{new} has {change(found.ratio, found.low, found.high)} the {noun} of {old}"
    how_far = f"{percents(found.ratio)} % {_interval(found)} {direction(found.ratio, objective)}"
    if is_spent(objective):
        return f"{new} takes {how_far} {noun} than {old}"
    return f"{new} is {how_far} than {old} on {noun}"


def _without_both_ends(ranking: Ranking, found: Comparison, new: str, old: str) -> str:
    """Where bounds hide one end, how far apart the two are at least, or of an open pair at most; else why not."""
    objective = OBJECTIVES[ranking.objective]
    if found.low is None and found.high is None:
        why = why_unknown(ranking, found) if found.ratio is None else None
        return f"undecided on {objective.noun}: {why or f'too few blocks to tell {new} from {old}'}"
    low, end = found.low is not None, found.low or found.high or 1.0
    how_far = "at least" if low is (end >= 1) else "at most"
    before = f"undecided on {objective.noun}: " if found.outcome is Outcome.UNDECIDED else ""
    if end >= 2:
        return f"{before}{new} has {how_far} {change(end)} the {objective.noun} of {old}"
    if is_spent(objective):
        return (
            f"{before}{new} takes {how_far} {percents(end)} % {direction(end, objective)} {objective.noun} than {old}"
        )
    on = "" if before else f" on {objective.noun}"
    return f"{before}{new} is {how_far} {_one_end(end, objective)} than {old}{on}"


def _may_be(low: float, high: float, objective: Objective, new: str, old: str) -> str:
    if low < 1 / _HARDLY and high > _HARDLY:
        return f"{new} may be anything beside {old}"
    ends = " and ".join(_one_end(end, objective) for end in (low, high))
    return f"{new} {'takes' if is_spent(objective) else 'is'} between {ends} than {old}"


def _noun(ranking: Ranking) -> str:
    return OBJECTIVES[ranking.objective].noun


def beyond(low: float, high: float) -> int:
    """Whole percent that a ratio between these is surely not farther from 1, whichever of the two is divided."""
    most = max(abs(log(low)), abs(log(high)))
    return ceil(max(abs(low - 1), abs(high - 1), most) * 100 - 1e-9)


def direction(ratio: float, objective: Objective) -> str:
    """Of a figure that is so many times the other: ``faster``, ``slower``; of what is spent ``more``, ``less``."""
    if is_spent(objective):
        return "more" if ratio > 1 else "less"
    return "faster" if (ratio > 1) is objective.higher_is_better else "slower"


def is_spent(objective: Objective) -> bool:
    """Not a time that somebody waits."""
    return objective.unit in ("s/1000", "bytes")


def _one_end(ratio: float, objective: Objective) -> str:
    return f"{percents(ratio)} % {direction(ratio, objective)}"


def percents(ratio: float) -> str:
    """How far it is from 1, ``3.1``."""
    return _fine(abs(ratio - 1) * 100)


def _interval(found: Comparison) -> str:
    """The ends as percent in the direction that the sentence says."""
    sign = 1 if (found.ratio or 1) > 1 else -1
    low, high = sorted(sign * ((end or 1) - 1) * 100 for end in (found.low, found.high))
    return f"[{_fine(low)}, {_fine(high)}]"


def _fine(percent: float) -> str:
    text = f"{percent:.1f}" if abs(percent) < _FINE_MOST else f"{percent:.0f}"
    return "0.0" if text == "-0.0" else text


def _what_it_takes(verdict: Verdict, ranking: Ranking) -> str:
    """Of the only pair that is open; of several, the ranking's own sentence speaks of all."""
    opened = sum(each.outcome is Outcome.UNDECIDED for each in ranking.comparisons)
    if opened != 1 or ranking.blocks_needed is None or verdict.block_s is None or not ranking.asked:
        return ""
    cost = f"{counted(ranking.blocks_needed, 'block')}, {format_duration(ranking.blocks_needed * verdict.block_s)}"
    return f"; to settle it would take about {cost} in all"
