"""How long a run may be at all."""

from wsgibench.errors import UsageError
from wsgibench.model.plan import Plan
from wsgibench.units import format_duration

_BLOCKS_MOST = 10_000
_LOAD_MOST_S = 7 * 86_400.0


def check_length(plan: Plan) -> None:
    """Refuse a run that nobody would wait for, and whose folder would not be read again.

    Raises:
        UsageError: it has too many blocks, or too much load.
    """
    if plan.blocks > _BLOCKS_MOST:
        raise UsageError(
            f"{plan.blocks:,} blocks are more than anybody needs.", f"Give --blocks {_BLOCKS_MOST} at most."
        )
    load_s = plan.blocks * len(plan.stacks) * sum(phase.total_s for phase in plan.phases)
    if load_s > _LOAD_MOST_S:
        raise UsageError(
            f"The stacks would be under load for {format_duration(load_s)}, and a week is the most.",
            "Give a shorter --duration, fewer stacks or fewer --blocks.",
        )
