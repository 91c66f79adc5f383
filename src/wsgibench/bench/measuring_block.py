"""The trials of a block: all stacks at once in turns, or one after another."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence

from wsgibench.bench.block import Block
from wsgibench.bench.bodies.comparing import Comparison
from wsgibench.bench.comparing_afterwards import compare_afterwards, discredit
from wsgibench.bench.comparing_block import comparison_of
from wsgibench.bench.measuring import measure
from wsgibench.bench.run_context import RunContext
from wsgibench.bench.schedules import Schedule, schedule_of
from wsgibench.bench.trial import as_compared, waits_for_others
from wsgibench.errors import OutOfTimeError
from wsgibench.model.slots import Slot
from wsgibench.processes.interruption import undisturbed
from wsgibench.runs.folder import RunFolder


def measure_block(context: RunContext, slots: Sequence[Slot], folder: RunFolder) -> None:
    """All trials of a block, each kept as soon as what shares its time is done."""
    if context.plan.turn_s is None:
        _measure_one_after_another(context, slots, folder)
    else:
        _measure_group(context, slots, folder)
    keep_answers(context, folder)


def _measure_one_after_another(context: RunContext, slots: Sequence[Slot], folder: RunFolder) -> None:
    """Those that are not there yet, and what all of them answered is compared, also where time runs out among them."""
    comparisons = {of: comparison_of(context.plan, known) for of, known in context.known.items()}
    kept = {trial.number: folder.trial(trial) for trial in folder.read().trials}
    for slot in slots:
        if slot.number in kept and (answers := kept[slot.number].answers()):
            comparisons[context.plan.alike(slot.stack)].add(slot.stack.label, answers.by_path())
    try:
        for slot in slots:
            if slot.number not in kept:
                _measure_group(context, [slot], folder, comparisons)
    except OutOfTimeError:
        _compare(context, slots, comparisons, folder)
        raise
    _compare(context, slots, comparisons, folder)


def _compare(
    context: RunContext, slots: Sequence[Slot], comparisons: Mapping[str, Comparison], folder: RunFolder
) -> None:
    for of, comparison in comparisons.items() if context.plan.check_bodies else ():
        compare_afterwards(
            context, [slot for slot in slots if context.plan.alike(slot.stack) == of], comparison, folder
        )


def _measure_group(
    context: RunContext, slots: Sequence[Slot], folder: RunFolder, comparisons: Mapping[str, Comparison] | None = None
) -> None:
    with block_of(context, slots, folder, comparisons) as block:
        block.start()
        measure(block, schedule_in(context, block))
    keep(context, block, folder, comparisons)


def schedule_in(context: RunContext, block: Block) -> Schedule:
    """That of the block in the plan as it is now."""
    plan = context.plan
    return schedule_of(plan, context.learned, block=block.number, actions=context.parts.actions(plan))


def keep_answers(context: RunContext, folder: RunFolder) -> None:
    """Keep what is known of them for a run that goes on later."""
    for of, known in context.known.items() if context.plan.check_bodies else ():
        folder.write_answers(known.answers(), of)


@contextlib.contextmanager
def block_of(
    context: RunContext, slots: Sequence[Slot], folder: RunFolder, comparisons: Mapping[str, Comparison] | None = None
) -> Iterator[Block]:
    """The slots' stacks, not started yet; all is stopped in the end."""
    block = Block(context, [(slot, folder.begin_trial(slot.folder)) for slot in slots], comparisons)
    try:
        yield block
    finally:
        with undisturbed():
            block.end()


def keep(
    context: RunContext, block: Block, folder: RunFolder, comparisons: Mapping[str, Comparison] | None = None
) -> None:
    """Keep the block's trials; what waits to be compared, with what it answered."""
    for trial, running in zip(block.trials(), block.all, strict=True):
        if comparisons and waits_for_others(trial):
            answers = comparisons[context.plan.alike(trial.stack)].answered(trial.stack.label)
            running.running_stack.folder.write_answers(answers)
        running.running_stack.folder.write(trial)
        discredit(trial, folder)
        context.listener(as_compared(trial) if comparisons else trial)
