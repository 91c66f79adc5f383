"""What a run's figures hold for, from its record alone."""

from collections.abc import Sequence

from wsgibench.errors import UnknownNameError
from wsgibench.model.cores import Cores
from wsgibench.model.run import FinishedRun, Run
from wsgibench.model.stack import Stack
from wsgibench.model.trial import Trial
from wsgibench.model.verdict import Circumstances
from wsgibench.servers import SERVERS


def circumstances_of(found: FinishedRun) -> Circumstances:
    """App, machine, cores, workers, loads."""
    run, plan = found.run, found.run.plan
    return Circumstances(
        app=plan.app.target,
        cores=run.machine.cores,
        cpu=run.machine.cpu,
        workers=tuple(sorted({stack.workers for stack in plan.stacks})),
        threads=tuple(sorted({stack.threads for stack in plan.stacks})),
        loads={phase.name: phase.load for phase in plan.phases},
        engine=f"{plan.engine} {run.versions.get(plan.engine, '')}".strip(),
        seed=plan.seed,
        store=plan.store,
        placed=placed(run, found.trials),
        engine_share=_engine_share(found.trials),
        at_once={stack.label: _at_once(stack) for stack in plan.stacks},
        remote_workers=plan.engine_remote_workers,
        setup=plan.setup,
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


def _engine_share(trials: Sequence[Trial]) -> float | None:
    shares = [
        gate.figure
        for trial in trials
        if trial.counts
        for gate in trial.gates
        if gate.name == "engine-share" and gate.figure is not None
    ]
    return max(shares, default=None)


def _at_once(stack: Stack) -> int | None:
    """Of a server that is not here any more, as many as it was told to."""
    try:
        return SERVERS.get(stack.server).at_once(stack.workers, stack.threads)
    except UnknownNameError:
        return stack.workers * stack.threads
