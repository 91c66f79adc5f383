"""Ranks from outcomes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wsgibench.model.verdict import Outcome
from wsgibench.stats.ranking import ranks, winner

OPPOSITE = {"better": "worse", "worse": "better", "tied": "tied", "undecided": "undecided"}


@st.composite
def tables(draw) -> list[list[Outcome]]:
    """Any outcomes that are the opposite seen from the other side."""
    count = draw(st.integers(1, 6))
    table = [[Outcome.TIED] * count for _ in range(count)]
    for first in range(count):
        for second in range(first):
            table[first][second] = draw(st.sampled_from(Outcome))
            table[second][first] = Outcome(OPPOSITE[table[first][second]])
    return table


def rows(*texts: str) -> list[list[Outcome]]:
    letters = {"<": Outcome.WORSE, ">": Outcome.BETTER, "=": Outcome.TIED, "?": Outcome.UNDECIDED}
    return [[letters[letter] for letter in text] for text in texts]


def test_ties_share_a_rank_and_the_next_is_skipped():
    """Two tied at the top, then the third."""
    table = rows("==>", "==>", "<<=")
    assert ranks(table) == (1, 1, 3)
    assert winner(table) is None


def test_undecided_is_never_a_winner():
    """Better than one and undecided against another is not first."""
    table = rows("=>?", "<=?", "??=")
    assert ranks(table) == (1, 2, 1)
    assert winner(table) is None


def test_better_than_all_wins():
    """The winner alone has rank 1."""
    table = rows("=<<", ">=>", "><=")
    assert winner(table) == 1
    assert ranks(table) == (3, 1, 2)


def test_one_stack_wins_nothing():
    """There is nobody to be better than."""
    assert winner(rows("=")) is None
    assert ranks(rows("=")) == (1,)


@settings(deadline=None)
@given(tables())
def test_a_winner_alone_has_rank_one(table):
    """Whoever wins has rank 1, and no other stack has."""
    first = winner(table)
    if first is not None:
        assert ranks(table)[first] == 1
        assert ranks(table).count(1) == 1
