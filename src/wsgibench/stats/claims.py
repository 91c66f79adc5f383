"""Whether a statement about stacks is supported by what a run found."""

from collections.abc import Iterable
from enum import StrEnum

from wsgibench.stats.pairs import Outcome


class Relation(StrEnum):
    """What a claim says of a first stack and a second."""

    BETTER = ">"
    AT_LEAST_TIED = ">="
    TIED = "="


class Answer(StrEnum):
    """Of a claim. *Not supported* means that the opposite was found; *undecided* that neither was."""

    SUPPORTED = "supported"
    NOT_SUPPORTED = "not supported"
    UNDECIDED = "undecided"


_TRUE_OF = {
    Relation.BETTER: {Outcome.BETTER},
    Relation.AT_LEAST_TIED: {Outcome.BETTER, Outcome.TIED},
    Relation.TIED: {Outcome.TIED},
}


def answer(outcome: Outcome, relation: Relation) -> Answer:
    """The answer to "first ``relation`` second", from the outcome as seen from the first.

    Outcomes hold together with the run's confidence, so any number of claims may be asked without further error.
    """
    if outcome is Outcome.UNDECIDED:
        return Answer.UNDECIDED
    return Answer.SUPPORTED if outcome in _TRUE_OF[relation] else Answer.NOT_SUPPORTED


def all_of(answers: Iterable[Answer]) -> Answer:
    """The answer to a claim made of several: all must be supported, and one that is not refutes it.

    Source: S. C. Kleene, Introduction to Metamathematics (1952), section 64 (three-valued conjunction).
    """
    given = set(answers)
    for decisive in (Answer.NOT_SUPPORTED, Answer.UNDECIDED):
        if decisive in given:
            return decisive
    return Answer.SUPPORTED
