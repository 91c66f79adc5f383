"""What comes of bodies after a trial has ended: of those measured one after another, and of earlier blocks."""

from collections.abc import Sequence

import msgspec

from wsgibench.analysis.gates.same_bodies import same_bodies
from wsgibench.bench.bodies.comparing import Comparison
from wsgibench.bench.bodies.sending_again import sender
from wsgibench.bench.run_context import RunContext
from wsgibench.bench.started_again import started
from wsgibench.bench.trial import with_bodies
from wsgibench.model.slots import Slot
from wsgibench.model.trial import Trial
from wsgibench.runs.folder import RunFolder


def compare_afterwards(context: RunContext, slots: Sequence[Slot], comparison: Comparison, folder: RunFolder) -> None:
    """Complete the records of these trials by what their bodies are worth.

    Where bodies are disputed, all the stacks are started once more and asked, side by side: what one gave in its trial
    and another in the next may have changed in between; and what a fresh start contradicts was no slow change.
    """
    trials = folder.read().trials
    if comparison.is_open:
        answered = {trial.stack.label for trial in trials if trial.status == "done"}
        asked = {slot.stack.label for slot in slots}
        stacks = [stack for stack in context.plan.stacks if stack.label in answered & asked]
        with started(context, stacks) as running_stacks:
            # The word of those that can be up together would count for all.
            if len(running_stacks) == len(stacks):
                addresses = {running_stack.stack.label: running_stack.address for running_stack in running_stacks}
                send_again = sender(addresses, context.plan.requests, check=lambda: None)
                while comparison.is_open:
                    comparison.settle(send_again)
    comparison.conclude()
    numbers = {slot.number for slot in slots}
    for trial in trials:
        if trial.number in numbers and trial.stack.label in comparison.stacks:
            complete = with_bodies(trial, comparison.of(trial.stack.label))
            folder.trial(trial).write(complete)
            discredit(complete, folder)


def discredit(trial: Trial, folder: RunFolder) -> None:
    """Let no earlier trial of the same stack count, if this one shows that it answers wrongly."""
    shown = trial.bodies
    if shown is None or same_bodies(shown).passed:
        return
    for earlier in folder.read().trials:
        if earlier.stack == trial.stack and earlier.block < trial.block and earlier.counts and earlier.bodies:
            bodies = msgspec.structs.replace(earlier.bodies, wrong=shown.wrong, split=shown.split, shown_in=trial.block)
            folder.trial(earlier).write(with_bodies(earlier, bodies))
