"""What was compared with nothing is not known to be right."""

from wsgibench.model.answers import ComparedBodies
from wsgibench.model.trial import GateResult


def compared_bodies(found: ComparedBodies) -> GateResult | None:
    """Enough of what the load asked was asked of another stack, too; not asked where there was no other."""
    if not found.expected:
        return None
    said = f"{found.compared:,} of {found.asked:,} paths that the load asked of this stack"
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
