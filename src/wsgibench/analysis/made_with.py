"""What has to be known of servers, engine and monitor to read a run: what its record says, and not what is here."""

from collections.abc import Iterator

from wsgibench.engines import ENGINES
from wsgibench.errors import UnknownNameError
from wsgibench.model.made_with import MadeWith, StackFacts
from wsgibench.model.plan import Plan
from wsgibench.model.run import Run
from wsgibench.model.stack import DIRECT, Stack
from wsgibench.monitors import MONITORS
from wsgibench.servers import SERVERS


def made_with(run: Run) -> MadeWith:
    """As the record has it; of runs of before it was kept, as it would be today."""
    return run.made_with or made_with_now(run.plan)


def made_with_now(plan: Plan) -> MadeWith:
    """As the adapters say that are here; without one, what is called so is believed to do what it was told."""
    engine = ENGINES.get(plan.engine) if plan.engine in ENGINES.names() else None
    monitor = MONITORS.get(plan.monitor) if plan.monitor in MONITORS.names() else None
    return MadeWith(
        stacks={stack.label: _facts(stack) for stack in plan.stacks},
        servers=tuple(_servers()),
        measuring=tuple(
            dict.fromkeys(
                (
                    plan.engine,
                    plan.monitor,
                    *([engine.distribution] if engine else []),
                    *([monitor.distribution] if monitor and monitor.distribution else []),
                )
            )
        ),
        beside_the_point=tuple(name for name, row in engine.options.items() if not row.matters) if engine else (),
        layout=monitor.layout if monitor else None,
    )


def _facts(stack: Stack) -> StackFacts:
    workers, threads = stack.workers, stack.threads
    try:
        server = SERVERS.get(stack.server)
    except UnknownNameError:
        return StackFacts(
            distribution=stack.server,
            threads_each=threads,
            at_once=workers * threads,
            has_hops=stack.proxy != DIRECT,
        )
    return StackFacts(
        distribution=server.distribution,
        has_workers=server.has_workers,
        threads_each=server.threads_each(workers, threads),
        at_once=server.at_once(workers, threads),
        has_hops=stack.proxy != DIRECT or server.inner_protocol is not None,
    )


def _servers() -> Iterator[str]:
    """Of one that cannot be imported nobody knows the distribution, and nothing of it runs."""
    yield from dict.fromkeys(SERVERS.get(name).distribution for name in SERVERS.names())
