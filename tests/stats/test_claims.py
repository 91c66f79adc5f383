"""Claims about stacks."""

import itertools
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wsgibench.model.verdict import Answer, Relation
from wsgibench.stats.claim_answers import all_of, answer, answered_within

RELATIONS = (Relation.BETTER, Relation.AT_LEAST_TIED, Relation.TIED)


@pytest.mark.parametrize(
    ("low", "high", "answers"),
    [
        (1.1, 1.3, ("supported", "supported", "not supported")),
        (1.0, 1.3, ("supported", "supported", "undecided")),
        (1.01, 1.08, ("supported", "supported", "undecided")),
        (0.97, 1.03, ("not supported", "supported", "supported")),
        (1.01, 1.04, ("not supported", "supported", "supported")),
        (0.97, 1.2, ("undecided", "supported", "undecided")),
        (0.9, 1.2, ("undecided", "undecided", "undecided")),
        (0.9, 0.99, ("not supported", "undecided", "undecided")),
        (0.7, 0.8, ("not supported", "not supported", "not supported")),
        (0.0, math.inf, ("undecided", "undecided", "undecided")),
    ],
)
def test_answers(low, high, answers):
    """To better, at least tied, tied, in this order, with a margin of 5 %."""
    assert tuple(answer(low, high, relation, 0.05) for relation in RELATIONS) == answers


@given(st.floats(0.01, 10), st.floats(1, 10), st.floats(0.001, 0.5))
def test_better_or_tied_is_at_least_tied(low, length, margin):
    """Whatever is better, or tied, is at least tied; nothing is better and tied."""
    better, at_least, tied = (answer(low, low * length, relation, margin) for relation in RELATIONS)
    assert Answer.SUPPORTED not in (better, tied) or at_least is Answer.SUPPORTED
    assert (better, tied) != (Answer.SUPPORTED, Answer.SUPPORTED)


@given(st.floats(0.3, 2), st.floats(1.001, 3), st.floats(0.01, 0.5), st.sampled_from(RELATIONS))
def test_what_lies_in_a_region_is_answered(low, length, margin, relation):
    """And nothing else is; edges are left out, where rounding decides."""
    high = low * length
    assume(
        all(
            abs(math.log(end) - edge) > 1e-9
            for end in (low, high)
            for edge in (-math.log1p(margin), 0, math.log1p(margin))
        )
    )
    inside = any(a <= math.log(low) and math.log(high) <= b for a, b in answered_within(relation, margin))
    assert inside == (answer(low, high, relation, margin) is not Answer.UNDECIDED)


@pytest.mark.parametrize("answers", list(itertools.product(Answer, repeat=3)))
def test_all_of_several(answers):
    """Supported just when all are; one that is refuted refutes the whole, even where another is undecided."""
    whole = all_of(answers)
    assert (whole is Answer.SUPPORTED) == (set(answers) == {Answer.SUPPORTED})
    assert (whole is Answer.NOT_SUPPORTED) == (Answer.NOT_SUPPORTED in answers)
