"""What a load engine is told."""

import zlib
from collections.abc import Sequence
from pathlib import Path

from wsgibench.bench.run_context import RunContext
from wsgibench.bench.running_stack import RunningStack
from wsgibench.model.engine import EngineJob, Target
from wsgibench.model.load import Load


def job_for(
    context: RunContext, running_stacks: Sequence[RunningStack], phases: dict[str, Load], *, directory: Path, draw: str
) -> EngineJob:
    """The job of loading these stacks; all that it draws at random follows from the plan's seed and ``draw``.

    What is asked follows from the plan's seed alone: it goes on from block to block.
    """
    plan = context.plan
    return EngineJob(
        targets=tuple(
            Target(name=each.stack.label, address=each.address, alike=plan.alike(each.stack)) for each in running_stacks
        ),
        phases=phases,
        requests=plan.requests,
        directory=str(directory),
        seed=zlib.crc32(f"{plan.seed}/{draw}".encode()),
        order_seed=plan.seed,
        cores=context.cores.engine,
        processes=plan.engine_processes,
        remote_workers=plan.engine_remote_workers,
        options=plan.engine_options,
    )
