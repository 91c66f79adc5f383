"""Whether a statement about stacks is supported by what a run found."""

from collections.abc import Iterable
from math import inf, log1p

from wsgibench.model.verdict import Answer, Relation
from wsgibench.stats.pairs import Regions, settled_within


def answer(low: float, high: float, relation: Relation, margin: float) -> Answer:
    """The answer to "first ``relation`` second", from the interval of how many times better the first is.

    ``low`` and ``high`` are ratios, above 1 where the first is better. ``>`` holds where all of the interval lies above
    1, unless it lies within the margin: then the two are tied, and it is refuted. ``=`` holds within the margin and is
    refuted by an interval outside of it; ``>=`` likewise, by its lower edge alone (non-inferiority: G. Piaggio et al.,
    "Reporting of Noninferiority and Equivalence Randomized Trials", JAMA 308 (2012), 2594-2604).
    Intervals hold together with the run's confidence, so any number of claims may be asked without further error.
    """
    edge = 1 + margin
    reaches, stays = low >= 1 / edge, high <= edge
    refuted = high < 1 / edge
    match relation:
        case Relation.BETTER:
            supported, refuted = low >= 1 and not stays, high <= 1 or (reaches and stays)
        case Relation.AT_LEAST_TIED:
            supported = reaches
        case Relation.TIED:
            supported, refuted = reaches and stays, refuted or low > edge
    if supported:
        return Answer.SUPPORTED
    return Answer.NOT_SUPPORTED if refuted else Answer.UNDECIDED


def answered_within(relation: Relation, margin: float) -> Regions:
    """Where the interval of a logarithm must lie for ``answer`` to be another than *undecided*."""
    edge = log1p(margin)
    match relation:
        case Relation.BETTER:
            return settled_within(margin)
        case Relation.AT_LEAST_TIED:
            return (-inf, -edge), (-edge, inf)
        case Relation.TIED:
            return (-inf, -edge), (-edge, edge), (edge, inf)


def all_of(answers: Iterable[Answer]) -> Answer:
    """The answer to a claim made of several: all must be supported, and one that is not refutes it.

    Source: S. C. Kleene, Introduction to Metamathematics (1952), section 64 (three-valued conjunction).
    """
    given = set(answers)
    for decisive in (Answer.NOT_SUPPORTED, Answer.UNDECIDED):
        if decisive in given:
            return decisive
    return Answer.SUPPORTED
