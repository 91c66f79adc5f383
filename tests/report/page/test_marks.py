"""How a stack stands, as a sign and a word."""

from wsgibench.model.verdict import Comparison, Outcome, Ranking, Standing, Unranked
from wsgibench.report.page.marks import BEHIND, BEST, FAILED, OPEN, TIED, marks_of


def a_ranking(outcomes, *, winner=None, unranked=()):
    stacks = list(dict.fromkeys(name for pair in outcomes for name in pair))
    standings = tuple(
        Standing(stack=name, rank=1, value=1.0, low=None, high=None, counted=3, trials=3) for name in stacks
    )
    comparisons = tuple(
        Comparison(first=first, second=second, ratio=1.0, low=0.9, high=1.1, outcome=outcome)
        for (first, second), outcome in outcomes.items()
    )
    return Ranking(
        objective="mean",
        phase="steady",
        asked=True,
        error=0.05,
        standings=standings,
        comparisons=comparisons,
        unranked=tuple(Unranked(stack=name, reason="all failed") for name in unranked),
        winner=winner,
    )


def test_a_winner_is_best_and_the_others_are_behind():
    """Whether these are settled among themselves or not."""
    outcomes = {("a", "b"): Outcome.BETTER, ("a", "c"): Outcome.BETTER, ("b", "c"): Outcome.UNDECIDED}
    assert marks_of(a_ranking(outcomes, winner="a")) == {"a": BEST, "b": BEHIND, "c": BEHIND}


def test_tied_ones_are_tied_and_the_rest_is_behind():
    """The first of them is no better than the others."""
    outcomes = {("a", "b"): Outcome.TIED, ("a", "c"): Outcome.BETTER, ("b", "c"): Outcome.BETTER}
    assert marks_of(a_ranking(outcomes)) == {"a": TIED, "b": TIED, "c": BEHIND}


def test_what_is_not_settled_is_open():
    """Nobody is called best where the first is not settled from another."""
    outcomes = {("a", "b"): Outcome.UNDECIDED, ("a", "c"): Outcome.TIED, ("b", "c"): Outcome.BETTER}
    assert marks_of(a_ranking(outcomes)) == {"a": OPEN, "b": OPEN, "c": TIED}


def test_failed_ones_are_said_to_be():
    """They have a mark of their own, and nothing of the others changes."""
    marks = marks_of(a_ranking({("a", "b"): Outcome.BETTER}, winner="a", unranked=("c",)))
    assert marks["c"] is FAILED
    assert len({mark.sign for mark in (BEST, TIED, OPEN, BEHIND, FAILED)}) == 5
