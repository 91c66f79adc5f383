"""What a run is to rank its stacks by."""

from collections.abc import Collection, Iterable

from wsgibench.bench.verdict.statements import statement_of
from wsgibench.bench.wishes import Wishes
from wsgibench.errors import UsageError
from wsgibench.model.load import Load
from wsgibench.stats.pairs import MARGIN_MOST


def objectives_of(wishes: Wishes, loads: Iterable[Load], labels: Collection[str]) -> tuple[str, ...]:
    """Those that the user asked for, the first first, and those of the claims about stacks with these labels.

    Unasked, throughput where the stacks are saturated; else the mean response time, for at a given load all that
    keep up answer equally many requests/s.
    """
    saturated = any(load.saturates for load in loads)
    asked = wishes.objectives or ("throughput" if saturated else "mean",)
    claimed = [statement for statement in map(statement_of, wishes.claims) if not statement.not_in(labels)]
    of_claims = [statement.objective for statement in claimed if statement.objective]
    return tuple(dict.fromkeys((*asked, *of_claims)))


def check_margin(margin: float) -> None:
    """Hold a margin, as a fraction, against what makes sense.

    Raises:
        UsageError: it is nothing, or calls stacks tied of which one does twice as much.
    """
    if not 0 < margin <= MARGIN_MOST:
        raise UsageError(
            f"A margin of {margin * 100:.3g} % is none to call stacks tied by.",
            f"Give more than 0% and at most {MARGIN_MOST:.0%}.",
        )
