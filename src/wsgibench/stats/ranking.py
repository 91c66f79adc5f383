"""Who is first: ranks, with ties, from the outcomes of all pairs."""

from collections.abc import Sequence

from wsgibench.model.verdict import Outcome


def ranks(outcomes: Sequence[Sequence[Outcome]]) -> tuple[int, ...]:
    """The rank of each stack: one more than the number of stacks that are better than it.

    Stacks between which nothing is settled share a rank, as those that are tied do: the pairs tell them apart.
    This is the lower end of the confidence interval of the true rank, all of which hold together.
    Source: D. Al Mohamad, J. J. Goeman, E. W. van Zwet, "Simultaneous Confidence Intervals for Ranks with Application
    to Ranking Institutions", Biometrics 78 (2022), 238-247.
    """
    return tuple(1 + row.count(Outcome.WORSE) for row in map(list, outcomes))


def winner(outcomes: Sequence[Sequence[Outcome]]) -> int | None:
    """The stack that is better than every other one; None where there is none, or only one stack."""
    for stack, row in enumerate(outcomes):
        if len(row) > 1 and list(row).count(Outcome.BETTER) == len(row) - 1:
            return stack
    return None
