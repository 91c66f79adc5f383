"""How many connections it takes to find out what stacks bear."""

from wsgibench.model.plan import Plan

_MANY = 32
"""Connections that keep every worker of an ordinary stack busy."""
_FEW = 8
_EACH = 4
"""For each request that a stack can answer at once: spread among workers at random, none is left idle."""
_MOST = 512
_DRAIN_MOST_S = 0.4
"""Longer than that, what is under way at the end of a turn costs more than the turn."""


def connections_for(plan: Plan, service_s: float) -> int:
    """How many connections saturate every stack, without a queue that takes long to drain; those given, if any are.

    ``service_s`` is how long the slowest takes for an answer.
    """
    given = _given(plan)
    if given is not None:
        return given
    at_once = min(stack.workers * stack.threads for stack in plan.stacks)
    return _many(plan) if _many(plan) * service_s / at_once <= _DRAIN_MOST_S else _few(plan)


def connection_counts(plan: Plan) -> list[int]:
    """All numbers of connections that may be tried, ascending.

    Where a rate was given it must be known whether more of them would do more: servers with a thread for each
    connection answer as many slow requests at once as there are.
    """
    counts = {_few(plan), _many(plan)} | ({_given(plan) or 0} - {0})
    rate_given = plan.unsaid is None or plan.unsaid.steady_share is None
    if plan.curve or (rate_given and any(phase.load.is_open for phase in plan.phases)):
        counts |= {count * _EACH for count in counts} | {_MOST}
    return sorted(counts)


def _given(plan: Plan) -> int | None:
    if plan.unsaid is not None and plan.unsaid.connections:
        return None
    return next((phase.load.population for phase in plan.phases if phase.load.saturates), None)


def _few(plan: Plan) -> int:
    return max(_EACH * max(stack.workers * stack.threads for stack in plan.stacks), _FEW)


def _many(plan: Plan) -> int:
    return max(_MANY, _few(plan))
