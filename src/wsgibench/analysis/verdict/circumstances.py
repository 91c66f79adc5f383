"""What a run's figures hold for, from its record alone."""

from collections.abc import Iterator, Sequence

from wsgibench.errors import UnknownNameError
from wsgibench.model.cores import Cores
from wsgibench.model.run import FinishedRun, Run
from wsgibench.model.server import Server
from wsgibench.model.stack import DIRECT, Stack
from wsgibench.model.trial import Trial
from wsgibench.model.variant import Variant
from wsgibench.model.verdict import Circumstances
from wsgibench.servers import SERVERS


def circumstances_of(found: FinishedRun) -> Circumstances:
    """App, machine, cores, workers, loads, versions."""
    run, plan = found.run, found.run.plan
    with_workers = [stack for stack in plan.stacks if _has_workers(stack)]
    without = {_threads_each(stack) for stack in plan.stacks if not _has_workers(stack)}
    return Circumstances(
        app=plan.app.target,
        cores=run.machine.cores,
        cpu=run.machine.cpu,
        workers=tuple(sorted({stack.workers for stack in with_workers})),
        threads=tuple(sorted({_threads_each(stack) or 1 for stack in with_workers})),
        loads={phase.name: phase.load for phase in plan.phases},
        engine=f"{plan.engine} {run.versions.get(plan.engine, '')}".strip(),
        seed=plan.seed,
        store=plan.store,
        placed=placed(run, found.trials),
        engine_share=_engine_share(found.trials),
        at_once={stack.label: _at_once(stack) for stack in plan.stacks},
        remote_workers=plan.engine_remote_workers,
        setup=plan.setup,
        one_process=tuple(sorted(without, key=lambda threads: threads or 0)),
        host=plan.host,
        python=f"{run.interpreter.implementation} {run.interpreter.version}" if run.interpreter else "",
        versions=dict(_versions(run)),
        packages=run.interpreter.packages if run.interpreter else {},
        variants={variant.name: variant.words for variant in plan.variants},
        differing=packages_unlike(plan.variants),
    )


def placed(run: Run, trials: Sequence[Trial]) -> Cores | None:
    """Which cores were whose: as the trials had them, else as planned; None where trials differ or nobody knows."""
    seen = {
        (trial.cores["server"], trial.cores["engine"]) for trial in trials if {"server", "engine"} <= {*trial.cores}
    }
    if not seen:
        return run.plan.cores
    if len(seen) > 1:
        return None
    [(stack, engine)] = seen
    if run.plan.cores and (run.plan.cores.stack, run.plan.cores.engine) == (stack, engine):
        return run.plan.cores
    return Cores(stack=stack, engine=engine, available=run.machine.cores)


def packages_unlike(variants: Sequence[Variant]) -> dict[str, dict[str, str | None]]:
    """Packages that not all variants have, and in the same version."""
    names = sorted({name for variant in variants for name in variant.packages})
    found = {name: {variant.name: variant.packages.get(name) for variant in variants} for name in names}
    return {name: versions for name, versions in found.items() if len({*versions.values()}) > 1}


def _engine_share(trials: Sequence[Trial]) -> float | None:
    shares = [
        gate.figure
        for trial in trials
        if trial.counts
        for gate in trial.gates
        if gate.name == "engine-share" and gate.figure is not None
    ]
    return max(shares, default=None)


def _server_of(stack: Stack) -> Server | None:
    """None where it is not here any more; then it is believed to run what it was told to."""
    try:
        return SERVERS.get(stack.server)
    except UnknownNameError:
        return None


def _has_workers(stack: Stack) -> bool:
    server = _server_of(stack)
    return server is None or server.has_workers


def _threads_each(stack: Stack) -> int | None:
    server = _server_of(stack)
    return server.threads_each(stack.workers, stack.threads) if server else stack.threads


def _at_once(stack: Stack) -> int | None:
    server = _server_of(stack)
    return server.at_once(stack.workers, stack.threads) if server else stack.workers * stack.threads


def _versions(run: Run) -> Iterator[tuple[str, str]]:
    """Of what the stacks are made of, as they come."""
    for stack in run.plan.stacks:
        server = _server_of(stack)
        for name in (stack.proxy, server.distribution if server else stack.server):
            if name != DIRECT and name in run.versions:
                yield name, run.versions[name]


def has_hops(stack: Stack) -> bool:
    """Whether its processes reach one another through sockets, as far as its server is known here."""
    if stack.proxy != DIRECT:
        return True
    return stack.server in SERVERS.names() and SERVERS.get(stack.server).inner_protocol is not None
