"""The run: blocks of trials in random order, each kept as soon as it is done."""

import contextlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from wsgibench.bench.cores import available_cores, split_cores
from wsgibench.bench.listener import Listener
from wsgibench.bench.trial import run_trial
from wsgibench.bench.verification import Reference, paths_to_verify
from wsgibench.bench.workshop import Workshop
from wsgibench.model.plan import Plan
from wsgibench.model.run import FinishedRun
from wsgibench.model.stack import Stack
from wsgibench.processes.private_directory import PrivateDirectory
from wsgibench.processes.supervisor import Supervisor
from wsgibench.runs.folder import RunFolder


@dataclass(frozen=True)
class Slot:
    """A place in the plan: which stack is when."""

    number: int
    block: int
    position: int
    stack: Stack


def slots_of(plan: Plan) -> list[Slot]:
    """All trials in the order in which they are run: every stack once a block, each block in an order of its own.

    The same for the same plan, so that an interrupted run can go on.
    """
    draw = random.Random(plan.seed)  # noqa: S311  # an order, no secret
    slots: list[Slot] = []
    for block in range(1, plan.blocks + 1):
        order = draw.sample(plan.stacks, len(plan.stacks))
        slots += [Slot(len(slots) + position, block, position, stack) for position, stack in enumerate(order, start=1)]
    return slots


def carry_out(folder: RunFolder, listener: Listener) -> FinishedRun:
    """Do what is left of the folder's plan; returns the run with all its trials.

    Raises:
        KeyboardInterrupt: with the finished trials kept, and the status ``interrupted``.
        RunFolderError: it cannot be written.
    """
    with folder.lock():
        folder.remove_unfinished()
        finished = {trial.number for trial in folder.read().trials}
        run = folder.read_run()
        slots = slots_of(run.plan)
        listener.begin_run(run.plan, folder=str(folder.path), trials=len(slots), finished=len(finished))
        status = "failed"
        try:
            with _workshop(run.plan, listener) as workshop:
                for slot in slots:
                    if slot.number not in finished:
                        _do(workshop, slot, folder)
            status = "done"
        except KeyboardInterrupt:
            status = "interrupted"
            raise
        finally:
            with contextlib.suppress(OSError):
                folder.remove_unfinished()
            folder.write_run(msgspec.structs.replace(run, status=status, ended_s=time.time()))
        return folder.read()


def _do(workshop: Workshop, slot: Slot, folder: RunFolder) -> None:
    workshop.listener.begin_trial(slot.stack, block=slot.block, number=slot.number)
    place = folder.begin_trial(f"{slot.number:04d}-{slot.stack.label.replace(':', '.')}")
    trial = run_trial(workshop, slot.stack, number=slot.number, block=slot.block, position=slot.position, folder=place)
    place.write(trial)
    workshop.listener.end_trial(trial)


@contextlib.contextmanager
def _workshop(plan: Plan, listener: Listener) -> Iterator[Workshop]:
    cores = split_cores(available_cores(), plan.engine_processes)
    directory = PrivateDirectory()
    supervisor = Supervisor(directory.path)
    try:
        supervisor.start(attached=True, cores=cores.stack)
        yield Workshop(
            plan=plan,
            supervisor=supervisor,
            directory=directory.path,
            cores=cores,
            reference=Reference(
                paths_to_verify(plan.app.check_paths, plan.requests, plan.seed), with_bodies=plan.check_bodies
            ),
            listener=listener,
        )
    finally:
        supervisor.stop()
        directory.remove()
