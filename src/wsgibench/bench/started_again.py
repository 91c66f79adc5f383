"""Stacks started once more after their trials, to see what they do; nothing of it is kept."""

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence

from wsgibench.bench.contender import Contender
from wsgibench.bench.listener import Silent
from wsgibench.bench.trial import FAILURES
from wsgibench.bench.workshop import Workshop
from wsgibench.model.stack import Stack
from wsgibench.processes.interruption import undisturbed
from wsgibench.runs.trial_folder import TrialFolder


@contextlib.contextmanager
def started(workshop: Workshop, stacks: Sequence[Stack]) -> Iterator[list[Contender]]:
    """Those of the stacks that start, up side by side; all are put away at the end."""
    quiet, place = dataclasses.replace(workshop, listener=Silent()), TrialFolder(workshop.directory / "started-again")
    for directory in (place.path, place.config, place.logs):
        directory.mkdir(mode=0o700, exist_ok=True)
    contenders: list[Contender] = [
        quiet.parts.stack(quiet, stack, number, place) for number, stack in enumerate(stacks, start=1)
    ]
    up: list[Contender] = []
    try:
        for contender in contenders:
            with contextlib.suppress(*FAILURES):
                workshop.host.start_again()
                contender.bring_up()
                up.append(contender)
        yield up
    finally:
        with undisturbed():
            for contender in contenders:
                contender.put_away()
