"""What has to be known of servers, engine and monitor to read a run: what its record says, and nothing that is here."""

import msgspec

from wsgibench.model.made_with import Layout, MadeWith, StackFacts
from wsgibench.model.run import Run
from wsgibench.model.stack import DIRECT, Stack

_LAYOUTS = {"psutil": Layout(), "cmonitor": Layout(kib_bytes=1000, skip_first=True)}
"""Of the monitors that there were before a run kept how its own writes."""


def made_with(run: Run) -> MadeWith:
    """As the record has it; what it does not say of a stack is believed to be as it was told."""
    kept = run.made_with or MadeWith(
        stacks={},
        servers=tuple(dict.fromkeys(_distribution(stack, run) for stack in run.plan.stacks)),
        measuring=(run.plan.engine, run.plan.monitor),
        layout=_LAYOUTS.get(run.plan.monitor),
    )
    missing = [stack for stack in run.plan.stacks if stack.label not in kept.stacks]
    if not missing:
        return kept
    return msgspec.structs.replace(kept, stacks=kept.stacks | {stack.label: _as_told(stack, run) for stack in missing})


def _as_told(stack: Stack, run: Run) -> StackFacts:
    return StackFacts(
        distribution=_distribution(stack, run),
        threads_each=stack.threads,
        at_once=stack.workers * stack.threads,
        has_hops=stack.proxy != DIRECT,
    )


def _distribution(stack: Stack, run: Run) -> str:
    """What has its name or begins it, among what the run kept versions of: ``gunicorn`` of ``gunicorn-gthread``."""
    words = stack.server.split("-")
    names = ["-".join(words[:count]) for count in range(len(words), 0, -1)]
    return next((name for name in names if name in run.versions), stack.server)
