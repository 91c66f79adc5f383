"""Claims about stacks."""

import itertools

import pytest

from wsgibench.stats.claims import Answer, Relation, all_of, answer
from wsgibench.stats.pairs import Outcome


@pytest.mark.parametrize(
    ("outcome", "answers"),
    [
        (Outcome.BETTER, ("supported", "supported", "not supported")),
        (Outcome.TIED, ("not supported", "supported", "supported")),
        (Outcome.WORSE, ("not supported", "not supported", "not supported")),
        (Outcome.UNDECIDED, ("undecided", "undecided", "undecided")),
    ],
)
def test_answers(outcome, answers):
    """To better, at least tied, tied, in this order."""
    assert tuple(answer(outcome, relation) for relation in (">", ">=", "=")) == answers
    assert [relation.value for relation in Relation] == [">", ">=", "="]


@pytest.mark.parametrize("answers", list(itertools.product(Answer, repeat=3)))
def test_all_of_several(answers):
    """Supported just when all are; one that is refuted refutes the whole, even where another is undecided."""
    whole = all_of(answers)
    assert (whole is Answer.SUPPORTED) == (set(answers) == {Answer.SUPPORTED})
    assert (whole is Answer.NOT_SUPPORTED) == (Answer.NOT_SUPPORTED in answers)
