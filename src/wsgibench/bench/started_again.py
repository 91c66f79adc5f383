"""Stacks started once more after their trials, to see what they do; nothing of it is kept."""

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence

from wsgibench.bench.listener import silent
from wsgibench.bench.run_context import RunContext
from wsgibench.bench.running_stack import RunningStack
from wsgibench.bench.trial import FAILURES
from wsgibench.model.stack import Stack
from wsgibench.processes.interruption import undisturbed
from wsgibench.runs.trial_folder import TrialFolder


@contextlib.contextmanager
def started(context: RunContext, stacks: Sequence[Stack]) -> Iterator[list[RunningStack]]:
    """Those of the stacks that start, up side by side; all are stopped at the end."""
    quiet, folder = dataclasses.replace(context, listener=silent), TrialFolder(context.directory / "started-again")
    for directory in (folder.path, folder.config, folder.logs):
        directory.mkdir(mode=0o700, exist_ok=True)
    running_stacks: list[RunningStack] = [
        quiet.parts.stack(quiet, stack, number, folder) for number, stack in enumerate(stacks, start=1)
    ]
    up: list[RunningStack] = []
    try:
        for running_stack in running_stacks:
            try:
                context.host.start_again()
                running_stack.start()
            except FAILURES:
                running_stack.stop()
            else:
                up.append(running_stack)
        yield up
    finally:
        with undisturbed():
            for running_stack in running_stacks:
                running_stack.stop()
