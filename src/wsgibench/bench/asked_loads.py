"""The loads that the user asked for."""

from wsgibench.bench.run_options import RunOptions
from wsgibench.errors import UsageError
from wsgibench.model.load import LOADS, Load


def loads_of(run_options: RunOptions) -> dict[str, Load]:
    """The load that the user asked for, by phase; empty where the profile decides.

    Raises:
        UsageError: one does not go with the others.
    """
    asked = [load for kind in LOADS if (load := kind.asked(vars(run_options)))]
    for load in asked:
        if len(asked) > 1 and not load.has_company:
            raise UsageError(f"{load.kind.capitalize()} do not go together with another load.", "Make two runs of it.")
    return {load.phase: load for load in asked}
