"""What is said of two stacks."""

from math import exp, log

from wsgibench.model.verdict import CONTRADICTORY, Comparison, Outcome, Ranking
from wsgibench.report.conclusions.quantities import change, percent

_HARDLY = 10.0
"""Who may be ten times as good or ten times as bad is not known at all."""


def undecided(ranking: Ranking, stack: str) -> list[str]:
    """The stacks from which this one is not settled."""
    return [
        each.second if each.first == stack else each.first
        for each in ranking.comparisons
        if each.outcome is Outcome.UNDECIDED and stack in (each.first, each.second)
    ]


def why_unknown(ranking: Ranking, found: Comparison) -> str | None:
    """Why bounds hide a pair of which nothing is known; None where there are too few blocks."""
    bounds = {each.bound for each in ranking.standings if each.stack in (found.first, found.second)}
    if bounds == {"at least"}:
        return "the limit was reached by neither"
    if bounds == {"less than"}:
        return "the limit was kept by neither"
    return "blocks contradict one another" if CONTRADICTORY in bounds else None


def apart(found: Comparison, other: str, why: str | None = None) -> str:
    """A clause: ``43 % [41, 45] below the best``, ``tied with a: 3 % apart, at most 5 %``, ``undecided: ...``.

    ``why`` nothing is known, if not for too few blocks (``why_unknown``).
    """
    if found.ratio is None:
        return _by_its_ends(found, other, why)
    if found.low is None or found.high is None:
        return f"undecided: {change(found.ratio)} {_direction(found.ratio, other)}, by chance or not"
    if found.outcome is Outcome.TIED:
        farthest = max(abs(log(found.low)), abs(log(found.high)))
        return f"tied with {other}: {percent(found.ratio - 1)} apart, at most {percent(exp(farthest) - 1)}"
    if found.outcome is Outcome.UNDECIDED:
        return f"undecided: {span(found)} {other}"
    return f"{change(found.ratio, found.low, found.high)} {_direction(found.ratio, other)}"


def _by_its_ends(found: Comparison, other: str, why: str | None) -> str:
    if found.low is None and found.high is None:
        return f"undecided beside {other}: {why or 'there are too few blocks'}"
    if found.outcome is Outcome.TIED:
        return f"tied with {other}: {span(found)}"
    return f"{'undecided: ' if found.outcome is Outcome.UNDECIDED else ''}{span(found)} {other}"


def briefly(found: Comparison, why: str | None = None) -> str:
    """What ``apart`` says, where it is seen whom the first is held against: ``43 % [41, 45] below the best``."""
    if found.ratio is None:
        return apart(found, "the best", why)
    if found.low is None or found.high is None:
        return ""
    if found.outcome is Outcome.TIED:
        farthest = max(abs(log(found.low)), abs(log(found.high)))
        return f"at most {percent(exp(farthest) - 1)} apart"
    if found.outcome is Outcome.UNDECIDED:
        return span(found).removeprefix("between ").replace(" and ", " to ")
    return apart(found, "the best")


def span(found: Comparison) -> str:
    """Both ends of an interval: ``between 4 % below and 7 % above``; of one end ``at most 4 % below``."""
    low, high = found.low, found.high
    if low is not None and high is None:
        return f"{'at least' if low >= 1 else 'at most'} {_end(low)}"
    if high is not None and low is None:
        return f"{'at most' if high >= 1 else 'at least'} {_end(high)}"
    if low is None or high is None or (low < 1 / _HARDLY and high > _HARDLY):
        return "anything below or above"
    return f"between {_end(low)} and {_end(high)}"


def _end(ratio: float) -> str:
    if ratio >= 2:
        return change(ratio)
    return f"{percent(ratio - 1)} {'above' if ratio >= 1 else 'below'}"


def _direction(ratio: float, other: str) -> str:
    if ratio >= 2:
        return f"that of {other}"
    return f"{'above' if ratio >= 1 else 'below'} {other}"
