"""What a run is to rank its stacks by."""

from collections.abc import Collection, Iterable, Mapping

from wsgibench.analysis.verdict.statements import statement_of
from wsgibench.bench.limits import limits_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.errors import UsageError
from wsgibench.model.curve import Curve
from wsgibench.model.load import Load
from wsgibench.model.objective import OBJECTIVES

_WITHOUT_LOADS = frozenset(("capacity", "memory"))
"""Of these a curve alone has figures."""
_UNDER_ANY_LOAD = _WITHOUT_LOADS | {"cpu"}


def objectives_of(run_options: RunOptions, loads: Iterable[Load], labels: Collection[str]) -> tuple[str, ...]:
    """Those that the user asked for, the first first, and those of the claims about stacks with these labels.

    Unasked, throughput where the stacks are saturated; else the mean response time, for at a given load all that
    keep up answer equally many requests/s. Of an app that is held against itself, CPU time as well: it has the least
    noise of all, so that a change shows there first, unless it makes requests wait.
    """
    saturated = any(load.saturates for load in loads)
    usual = ("throughput" if saturated else "mean", *(("cpu",) if run_options.within_stacks else ()))
    return tuple(dict.fromkeys((*(run_options.objectives or usual), *_of_claims(run_options, labels))))


def loads_unasked(
    run_options: RunOptions, of_profile: Mapping[str, Load], labels: Collection[str]
) -> Mapping[str, Load]:
    """Of the profile's loads those that are made where the user names none.

    An app that is held against itself gets those alone under which what is asked for is measured: the time is for that.
    """
    if not needs_loads(run_options, labels):
        return {}
    if not run_options.within_stacks:
        return of_profile
    asked = {*(run_options.objectives or ("throughput",)), *_of_claims(run_options, labels)} - _UNDER_ANY_LOAD
    saturated = {OBJECTIVES[name].saturated for name in asked or ("throughput",)}
    return {name: load for name, load in of_profile.items() if load.saturates in saturated} or of_profile


def needs_loads(run_options: RunOptions, labels: Collection[str]) -> bool:
    """Whether anything is asked for, of stacks with these labels, that a curve alone does not tell."""
    asked = {*run_options.objectives, *_of_claims(run_options, labels)}
    return "capacity" not in run_options.objectives or bool(asked - _WITHOUT_LOADS)


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
