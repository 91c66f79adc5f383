"""What a run's figures hold for, from its record alone."""

from collections.abc import Iterator, Sequence

from wsgibench.analysis.made_with import made_with
from wsgibench.model.cores import Cores
from wsgibench.model.run import FinishedRun, Run
from wsgibench.model.secrets import Secrets
from wsgibench.model.stack import DIRECT
from wsgibench.model.trial import Trial
from wsgibench.model.variant import Variant
from wsgibench.model.verdict import Circumstances


def circumstances_of(found: FinishedRun) -> Circumstances:
    """App, machine, cores, workers, loads, versions; what the user wrote of it without secrets."""
    run, plan = found.run, found.run.plan
    secrets = Secrets.of(plan)
    facts = made_with(run).stacks
    with_workers = [stack for stack in plan.stacks if facts[stack.label].has_workers]
    without = {facts[stack.label].threads_each for stack in plan.stacks if not facts[stack.label].has_workers}
    return Circumstances(
        app=secrets.hidden_in_call(plan.app.target),
        cores=run.machine.cores,
        cpu=run.machine.cpu,
        workers=tuple(sorted({stack.workers for stack in with_workers})),
        threads=tuple(sorted({facts[stack.label].threads_each or 1 for stack in with_workers})),
        loads={phase.name: phase.load for phase in plan.phases},
        engine=f"{plan.engine} {run.versions.get(plan.engine, '')}".strip(),
        seed=plan.seed,
        store=plan.store and secrets.hidden(plan.store),
        placed=placed(run, found.trials),
        engine_share=_engine_share(found.trials),
        at_once={stack.label: facts[stack.label].at_once for stack in plan.stacks},
        remote_workers=plan.engine_remote_workers,
        setup=plan.setup,
        one_process=tuple(sorted(without, key=lambda threads: threads or 0)),
        host=plan.host,
        python=f"{run.interpreter.implementation} {run.interpreter.version}" if run.interpreter else "",
        versions=dict(_versions(run)),
        packages=run.interpreter.packages if run.interpreter else {},
        variants={variant.name: tuple(map(secrets.hidden, variant.words)) for variant in plan.variants},
        differing=packages_unlike(plan.variants),
        limits=tuple(limit.text for limit in plan.curve.limits) if plan.curve else (),
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


def _versions(run: Run) -> Iterator[tuple[str, str]]:
    """Of what the stacks are made of, as they come."""
    facts = made_with(run).stacks
    for stack in run.plan.stacks:
        for name in (stack.proxy, facts[stack.label].distribution):
            if name != DIRECT and name in run.versions:
                yield name, run.versions[name]
