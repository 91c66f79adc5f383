"""What comes of bodies after a trial has ended: of those measured one after another, and of earlier blocks."""

from collections.abc import Sequence

import msgspec

from wsgibench.analysis.gates.same_bodies import same_bodies
from wsgibench.bench.bodies.comparing import Comparison
from wsgibench.bench.bodies.judging import Answer
from wsgibench.bench.bodies.sending_again import SendAgain, sender
from wsgibench.bench.run_context import RunContext
from wsgibench.bench.running_stack import RunningStack
from wsgibench.bench.started_again import started
from wsgibench.bench.trial import with_bodies
from wsgibench.errors import OutOfTimeError
from wsgibench.model.slots import Slot
from wsgibench.model.stack import Stack
from wsgibench.model.trial import Trial
from wsgibench.runs.folder import RunFolder


def compare_afterwards(context: RunContext, slots: Sequence[Slot], comparison: Comparison, folder: RunFolder) -> None:
    """Complete the records of these trials by what their bodies are worth.

    Where bodies are disputed, all the stacks are started once more and asked: what one gave in its trial and another in
    the next may have changed in between; and what a fresh start contradicts was no slow change.

    Raises:
        OutOfTimeError: the budget was used up meanwhile. The records say then that nobody knows who is right.
    """
    trials = folder.read().trials
    answered = {trial.stack.label for trial in trials if trial.status == "done"} & comparison.stacks
    asked = {slot.stack.label for slot in slots}
    stacks = [stack for stack in context.plan.stacks if stack.label in answered & asked]
    try:
        if comparison.is_open:
            context.deadline.check()
            _ask_side_by_side(context, stacks, comparison)
        if comparison.is_open:
            _ask_in_turn(context, stacks, comparison)
    except OutOfTimeError:
        _complete(trials, slots, comparison, folder)
        raise
    _complete(trials, slots, comparison, folder)


def _ask_side_by_side(context: RunContext, stacks: Sequence[Stack], comparison: Comparison) -> None:
    """Ask all of them, if they can be up together: else the word of those that can would count for all."""
    with started(context, stacks) as running_stacks:
        if len(running_stacks) == len(stacks):
            send_again = _sender(context, running_stacks)
            while comparison.is_open:
                comparison.settle(send_again)


def _ask_in_turn(context: RunContext, stacks: Sequence[Stack], comparison: Comparison) -> None:
    """Ask one after another of what only one can have at a time, and go round again; if each starts each time.

    So between two answers of any stack there are some of all others: what changed meanwhile does not change back.
    """
    paths = comparison.paths_to_ask()
    answers: dict[str, list[Answer]] = {path: [] for path in paths}
    for stack in (*stacks, *stacks):
        context.deadline.check()
        with started(context, [stack]) as running_stacks:
            if not running_stacks:
                return
            send_again = _sender(context, running_stacks)
            for path in paths:
                answers[path] += send_again(path)
    comparison.settle(lambda path: answers[path], at_once=len(paths))


def _sender(context: RunContext, running_stacks: Sequence[RunningStack]) -> SendAgain:
    addresses = {running_stack.stack.label: running_stack.address for running_stack in running_stacks}
    return sender(addresses, context.plan.requests, check=lambda: None)


def _complete(trials: Sequence[Trial], slots: Sequence[Slot], comparison: Comparison, folder: RunFolder) -> None:
    comparison.conclude()
    numbers = {slot.number for slot in slots}
    compared = [trial for trial in trials if trial.number in numbers and trial.stack.label in comparison.stacks]
    for trial in compared:
        complete = with_bodies(trial, comparison.of(trial.stack.label))
        folder.trial(trial).write(complete)
        discredit(complete, folder)
    # Not before: killed among them, all are compared again.
    for trial in compared:
        folder.trial(trial).remove_answers()


def discredit(trial: Trial, folder: RunFolder) -> None:
    """Let no earlier trial of the same stack count, if this one shows that it answers wrongly."""
    shown = trial.bodies
    if shown is None or same_bodies(shown).passed:
        return
    for earlier in folder.read().trials:
        if earlier.stack == trial.stack and earlier.block < trial.block and earlier.counts and earlier.bodies:
            bodies = msgspec.structs.replace(earlier.bodies, wrong=shown.wrong, split=shown.split, shown_in=trial.block)
            folder.trial(earlier).write(with_bodies(earlier, bodies))
