"""What is said of two stacks."""

from math import exp, log

from wsgibench.model.verdict import Comparison, Outcome, Ranking
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


def apart(found: Comparison, other: str) -> str:
    """A clause: ``43 % [41, 45] below the best``, ``tied with a: 3 % apart, at most 5 %``, ``undecided: ...``."""
    if found.ratio is None and (found.low is not None or found.high is not None):
        return f"{'undecided: ' if found.outcome is Outcome.UNDECIDED else ''}{span(found)} {other}"
    if found.ratio is None:
        return f"undecided beside {other}: there are too few blocks"
    if found.low is None or found.high is None:
        return f"undecided: {change(found.ratio)} {_direction(found.ratio, other)}, by chance or not"
    if found.outcome is Outcome.TIED:
        farthest = max(abs(log(found.low)), abs(log(found.high)))
        return f"tied with {other}: {percent(found.ratio - 1)} apart, at most {percent(exp(farthest) - 1)}"
    if found.outcome is Outcome.UNDECIDED:
        return f"undecided: {span(found)} {other}"
    return f"{change(found.ratio, found.low, found.high)} {_direction(found.ratio, other)}"


def briefly(found: Comparison) -> str:
    """What ``apart`` says, where it is seen whom the first is held against: ``43 % [41, 45] below the best``."""
    if found.ratio is None:
        return apart(found, "the best")
    if found.low is None or found.high is None:
        return ""
    if found.outcome is Outcome.TIED:
        farthest = max(abs(log(found.low)), abs(log(found.high)))
        return f"at most {percent(exp(farthest) - 1)} apart"
    if found.outcome is Outcome.UNDECIDED:
        return span(found).removeprefix("between ").replace(" and ", " to ")
    return apart(found, "the best")


def span(found: Comparison) -> str:
    """Both ends of an interval: ``between 4 % below and 7 % above``."""
    low, high = found.low, found.high
    if low is not None and high is None:
        return f"at least {_end(low)}"
    if high is not None and low is None:
        return f"at most {_end(high)}"
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
