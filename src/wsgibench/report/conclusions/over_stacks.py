"""Whether a change of the app does the same on each stack, by the intervals that there are."""

from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.verdict import Comparison, Outcome, Ranking, Verdict
from wsgibench.report.conclusions.changes import ChangeLine, beyond, direction, is_spent, percents
from wsgibench.units import counted


def over_stacks(verdict: Verdict) -> list[ChangeLine]:
    """A sentence for each figure on all stacks together; none where fewer than two have it in both states.

    The intervals of one figure hold together, and so does what is said of all of them at once.
    """
    names = [*verdict.circumstances.variants]
    others = [ranking for ranking in verdict.rankings if not ranking.asked]
    return [
        ChangeLine(ranking.objective, "", ranking.asked, f"{_said(ranking, pairs, new, names[0])}.")
        for ranking in (*verdict.asked, *others)
        for new in names[1:]
        if len(pairs := _pairs(ranking, new, names[0])) > 1
    ]


def _pairs(ranking: Ranking, new: str, old: str) -> dict[str, Comparison]:
    """The new state beside the old one, by stack."""
    ranked = [standing.stack for standing in ranking.standings]
    stacks = sorted(label.removesuffix(f"@{old}") for label in ranked if label.endswith(f"@{old}"))
    return {
        stack: ranking.between(f"{stack}@{new}", f"{stack}@{old}") for stack in stacks if f"{stack}@{new}" in ranked
    }


def _said(ranking: Ranking, pairs: dict[str, Comparison], new: str, old: str) -> str:
    noun, everywhere = OBJECTIVES[ranking.objective].noun, _everywhere(len(pairs))
    known = {
        stack: (each.low, each.high) for stack, each in pairs.items() if each.low is not None and each.high is not None
    }
    outcomes = {pair.outcome for pair in pairs.values()}
    lowest, highest = (
        (min(low for low, _ in known.values()), max(high for _, high in known.values())) if known else (0, 0)
    )
    if len(known) == len(pairs) and outcomes == {Outcome.TIED}:
        return f"on {everywhere} no difference beyond {beyond(lowest, highest)} % between {new} and {old} on {noun}"
    if known and (apart := _surely_apart(known)):
        first, second = (f"{_between(ranking, *known[stack])} with {stack}" for stack in apart)
        return f"not the same on each stack: {_is(ranking, new)} {first}, and {second}, {_than(ranking, old)}"
    if len(known) == len(pairs) and len(outcomes) == 1 and outcomes <= {Outcome.BETTER, Outcome.WORSE}:
        return f"on {everywhere} {_is(ranking, new)} {_between(ranking, lowest, highest)} {_than(ranking, old)}"
    return f"whether {new} does the same on {everywhere} is open, on {noun}"


def _everywhere(stacks: int) -> str:
    return "both stacks" if stacks == 2 else f"all {counted(stacks, 'stack')}"


def _surely_apart(known: dict[str, tuple[float, float]]) -> tuple[str, str] | None:
    """Two stacks of which the intervals share nothing, those farthest apart; None where all may be the same."""
    below = min(known, key=lambda stack: known[stack][1])
    above = max(known, key=lambda stack: known[stack][0])
    return (below, above) if known[below][1] < known[above][0] else None


def _is(ranking: Ranking, new: str) -> str:
    return f"{new} {'takes' if is_spent(OBJECTIVES[ranking.objective]) else 'is'}"


def _than(ranking: Ranking, old: str) -> str:
    objective = OBJECTIVES[ranking.objective]
    return f"{objective.noun} than {old}" if is_spent(objective) else f"than {old} on {objective.noun}"


def _between(ranking: Ranking, low: float, high: float) -> str:
    """``between 2.1 and 3.9 % slower``, ``between 1.0 % slower and 2.0 % faster``."""
    ends = sorted((low, high), key=lambda ratio: abs(ratio - 1))
    ways = [direction(end, OBJECTIVES[ranking.objective]) for end in ends]
    first, second = (percents(end) for end in ends)
    return f"between {first}{f' % {ways[0]}' if ways[0] != ways[1] else ''} and {second} % {ways[1]}"
