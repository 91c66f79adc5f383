"""What a run is to rank its stacks by."""

from collections.abc import Collection, Iterable

from wsgibench.analysis.verdict.statements import statement_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.model.load import Load


def objectives_of(run_options: RunOptions, loads: Iterable[Load], labels: Collection[str]) -> tuple[str, ...]:
    """Those that the user asked for, the first first, and those of the claims about stacks with these labels.

    Unasked, throughput where the stacks are saturated; else the mean response time, for at a given load all that
    keep up answer equally many requests/s.
    """
    saturated = any(load.saturates for load in loads)
    asked = run_options.objectives or ("throughput" if saturated else "mean",)
    claimed = [statement for statement in map(statement_of, run_options.claims) if not statement.not_in(labels)]
    of_claims = [statement.objective for statement in claimed if statement.objective]
    return tuple(dict.fromkeys((*asked, *of_claims)))
