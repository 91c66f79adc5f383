"""What a run is to rank its stacks by."""

from collections.abc import Collection, Iterable

from wsgibench.analysis.verdict.statements import statement_of
from wsgibench.bench.limits import limits_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.errors import UsageError
from wsgibench.model.curve import Curve
from wsgibench.model.load import Load


def objectives_of(run_options: RunOptions, loads: Iterable[Load], labels: Collection[str]) -> tuple[str, ...]:
    """Those that the user asked for, the first first, and those of the claims about stacks with these labels.

    Unasked, throughput where the stacks are saturated; else the mean response time, for at a given load all that
    keep up answer equally many requests/s.
    """
    saturated = any(load.saturates for load in loads)
    asked = run_options.objectives or ("throughput" if saturated else "mean",)
    return tuple(dict.fromkeys((*asked, *_of_claims(run_options, labels))))


def needs_loads(run_options: RunOptions, labels: Collection[str]) -> bool:
    """Whether anything is asked for, of stacks with these labels, that a curve alone does not tell."""
    asked = {*run_options.objectives, *_of_claims(run_options, labels)}
    return "capacity" not in run_options.objectives or bool(asked - {"capacity", "memory"})


def _of_claims(run_options: RunOptions, labels: Collection[str]) -> list[str]:
    claimed = [statement for statement in map(statement_of, run_options.claims) if not statement.not_in(labels)]
    return [statement.objective for statement in claimed if statement.objective]


def curve_of(run_options: RunOptions, objectives: Collection[str]) -> Curve | None:
    """The curve, where the run is to find capacities.

    Raises:
        UsageError: a limit is none, or nothing asks for a capacity and the command line says something of one.
    """
    if "capacity" in objectives:
        return Curve(
            limits=limits_of(run_options.limits),
            hold_s=run_options.hold_s,
            connections_max=run_options.connections_max,
            wanted_per_s=run_options.wanted_per_s,
        )
    typed = {"limits", "wanted_per_s", "hold_s"} - run_options.not_typed
    if run_options.limits and "limits" in typed:
        given = f"The limit '{run_options.limits[0]}'"
    elif run_options.wanted_per_s is not None and "wanted_per_s" in typed:
        given = "The rate of --for"
    elif run_options.hold_s is not None and "hold_s" in typed:
        given = "The time of --hold"
    else:
        return None
    raise UsageError(
        f"{given} is one of a capacity, which this run does not look for.",
        "Give --objective capacity, or wsgibench capacity.",
    )
