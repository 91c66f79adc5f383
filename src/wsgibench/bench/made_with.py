"""What has to be known of servers, engine and monitor to read a run, for its record: what their adapters say."""

from wsgibench.deploy.environment import configuring
from wsgibench.engines import ENGINES
from wsgibench.model.made_with import MadeWith, StackFacts
from wsgibench.model.plan import Plan
from wsgibench.model.stack import DIRECT, Stack
from wsgibench.monitors import MONITORS
from wsgibench.servers import SERVERS


def made_with_now(plan: Plan) -> MadeWith:
    """As the adapters say that are here."""
    engine = ENGINES.get(plan.engine) if plan.engine in ENGINES.names() else None
    monitor = MONITORS.get(plan.monitor) if plan.monitor in MONITORS.names() else None
    return MadeWith(
        stacks={stack.label: _facts(stack) for stack in plan.stacks},
        servers=tuple(dict.fromkeys(SERVERS.get(name).distribution for name in SERVERS.names())),
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
        configuring=tuple(dict.fromkeys(configuring(_given(plan)))),
    )


def _facts(stack: Stack) -> StackFacts:
    server, workers, threads = SERVERS.get(stack.server), stack.workers, stack.threads
    return StackFacts(
        distribution=server.distribution,
        has_workers=server.has_workers,
        threads_each=server.threads_each(workers, threads),
        at_once=server.at_once(workers, threads),
        has_hops=stack.proxy != DIRECT or server.inner_protocol is not None,
    )


def _given(plan: Plan) -> list[str]:
    """The names of what the user gave the app beside its surroundings."""
    return [name for name, _ in (*plan.app.env, *(pair for variant in plan.variants for pair in variant.env))]
