"""How far answers were held against one another, in words."""

from wsgibench.model.run import FinishedRun
from wsgibench.units import counted

_RULE_OF_THREE = 3
"""None of n differs: with 95 % confidence at most 3/n of all do (J. A. Hanley and A. Lippman-Hand, "If Nothing Goes
Wrong, Is Everything All Right?", JAMA 249 (1983), 1743-1745)."""
_FEWEST = 30
"""Paths from which on the rule is near what is exact."""


def bodies_in_words(run: FinishedRun) -> str:
    """How many answers of each stack were compared, and what came of it; empty where nobody can know."""
    if not run.run.plan.check_bodies:
        return "Bodies were not compared (--bodies off): status alone counts."
    compared: dict[str, int] = {}
    differing = 0
    explained: list[int | None] = []
    for trial in run.trials:
        found = trial.bodies
        if trial.counts and found is not None and found.expected:
            before = compared.get(trial.stack.label, 0)
            # Of runs that did not count each path once, their sum.
            compared[trial.stack.label] = before + found.compared if found.in_run is None else max(before, found.in_run)
            differing += found.differing
            explained += [found.explained] if found.differing else []
    if not compared:
        return ""
    fewest, most = min(compared.values()), max(compared.values())
    in_all = _paths_in_all(run)
    said = f"Bodies: {_how_many(fewest, most, in_all)} of each stack that counts "
    said += f"{'was' if most == 1 else 'were'} compared with those of other stacks"
    if differing:
        # No more than was seen: whether they were asked again is not known of runs that did not count it.
        return f"{said}; {differing:,} of all differed{', by nature' if all(explained) else ''}."
    if fewest < _FEWEST or fewest == in_all:
        return f"{said}; {'it was' if most == 1 else 'all were'} the same."
    share = f"with 95 % confidence at most 1 in {fewest // _RULE_OF_THREE:,} is another"
    return f"{said}; all were the same ({share})."


def _paths_in_all(run: FinishedRun) -> int | None:
    """Of how many paths the load draws; None where a locustfile decides, or nobody counted."""
    plan = run.run.plan
    counts = any(trial.bodies is not None and trial.bodies.in_run is not None for trial in run.trials)
    return plan.requests.paths_in_all if counts and "locustfile" not in plan.engine_options else None


def _how_many(fewest: int, most: int, in_all: int | None) -> str:
    if in_all is not None and in_all > 1:
        if fewest == in_all:
            return f"all {counted(in_all, 'path')}"
        return f"{'' if fewest == most else f'{fewest:,} to '}{most:,} of {counted(in_all, 'path')}"
    return counted(fewest, "path") if fewest == most else f"{fewest:,} to {most:,} paths"
