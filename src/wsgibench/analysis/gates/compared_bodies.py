"""What was compared with nothing is not known to be right."""

from wsgibench.analysis.gates.same_bodies import BY_NATURE
from wsgibench.model.answers import ComparedBodies
from wsgibench.model.trial import GateResult
from wsgibench.units import counted


def compared_bodies(found: ComparedBodies) -> GateResult | None:
    """Enough of what the load asked was asked of another stack, too, and again where the two answered differently.

    Not asked where there was no other.
    """
    if found.unsettled:
        return _not_settled(found)
    if not found.expected:
        return None
    said = f"{found.compared:,} of {found.asked:,} paths that were kept of what the load asked of this stack"
    return GateResult(
        name="compared-bodies",
        passed=found.compared >= found.expected,
        figure=float(found.compared),
        threshold=float(found.expected),
        unit="paths",
        cause=f"{said} were asked of another, too.",
        advice="Stacks are asked alike by wsgibench's own loads: a locustfile should draw what it asks from 'random', "
        "which is seeded, or ask for fewer paths; or let status alone count: --bodies off.",
    )


def not_compared() -> GateResult:
    """Of a trial whose block was broken off before it could be held against others."""
    return GateResult(
        name="compared-bodies",
        passed=False,
        figure=None,
        threshold=None,
        unit="paths",
        cause="The run was broken off before the answers of this stack were compared with those of others.",
        advice="wsgibench resume goes on with the run, and compares them when the block is whole.",
    )


def _not_settled(found: ComparedBodies) -> GateResult:
    paths = counted(found.unsettled, "path")
    return GateResult(
        name="compared-bodies",
        passed=False,
        figure=float(found.unsettled),
        threshold=0.0,
        unit="paths",
        cause=f"Stacks answered {paths} differently, and could not be asked again: who is right is not known.",
        advice="All stacks have to start once more after their trials, side by side or one after another, within the "
        f"budget: give more --budget. {BY_NATURE}",
    )
