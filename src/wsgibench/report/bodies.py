"""How far answers were held against one another, in words."""

from collections import Counter

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
    compared: Counter[str] = Counter()
    differing = 0
    for trial in run.trials:
        if trial.counts and trial.bodies is not None and trial.bodies.expected:
            compared[trial.stack.label] += trial.bodies.compared
            differing += trial.bodies.differing
    if not compared:
        return ""
    fewest, most = min(compared.values()), max(compared.values())
    how_many = counted(fewest, "path") if fewest == most else f"{fewest:,} to {most:,} paths"
    were = "was" if most == 1 else "were"
    said = f"Bodies: {how_many} of each stack that counts {were} compared with those of other stacks"
    if differing:
        return f"{said}; {differing:,} of all differed, by nature."
    if fewest < _FEWEST:
        return f"{said}; {'it was' if most == 1 else 'all were'} the same."
    share = f"with 95 % confidence at most 1 in {fewest // _RULE_OF_THREE:,} is another"
    return f"{said}; all were the same ({share})."
