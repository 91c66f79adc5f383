"""Blocks carried out, the first with a look at its stacks that makes the plan."""

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence

import msgspec

from wsgibench.bench.adapting import adapted
from wsgibench.bench.block import Block
from wsgibench.bench.learning import learn
from wsgibench.bench.trial import Slot
from wsgibench.bench.workshop import Workshop
from wsgibench.model.learned import Learned
from wsgibench.runs.folder import RunFolder


def measure_block(workshop: Workshop, slots: Sequence[Slot], folder: RunFolder) -> None:
    """All trials of a block, each kept as soon as what shares its time is done."""
    for group in _at_once(workshop, slots):
        with _block(workshop, group, folder) as block:
            block.bring_up()
            block.measure(workshop)
        _keep(workshop, block)


def look_first(workshop: Workshop, slots: Sequence[Slot], folder: RunFolder) -> tuple[Workshop, bool]:
    """A workshop with the plan that follows from a look at each stack, and whether the block was measured as well.

    Stacks that are up for their look are measured at once where the plan is still one of turns.

    Raises:
        UsageError: the budget is too short for these stacks.
    """
    learned: list[Learned] = []
    for group in _at_once(workshop, slots):
        with _block(workshop, group, folder) as block:
            block.bring_up()
            learned += learn(block, workshop)
            if workshop.plan.turn_s is not None:
                made = _with_plan(workshop, learned, folder)
                if made.plan.turn_s is not None:
                    block.measure(made)
        if workshop.plan.turn_s is not None and made.plan.turn_s is not None:
            _keep(made, block)
            return made, True
        folder.remove_unfinished()
    return (made if workshop.plan.turn_s is not None else _with_plan(workshop, learned, folder)), False


def _with_plan(workshop: Workshop, learned: Sequence[Learned], folder: RunFolder) -> Workshop:
    plan = adapted(workshop.plan, learned, left_s=workshop.deadline.left_s)
    folder.write_run(msgspec.structs.replace(folder.read_run(), plan=plan, learned=tuple(learned)))
    workshop.listener.adapt(plan, learned, trials=plan.blocks * len(plan.stacks))
    return dataclasses.replace(workshop, plan=plan, learned={each.stack: each for each in learned}, is_adapted=True)


def _at_once(workshop: Workshop, slots: Sequence[Slot]) -> list[list[Slot]]:
    """Which stacks are up together: all of a block where they take turns, else each alone."""
    return [list(slots)] if workshop.plan.turn_s is not None else [[slot] for slot in slots]


@contextlib.contextmanager
def _block(workshop: Workshop, slots: Sequence[Slot], folder: RunFolder) -> Iterator[Block]:
    block = Block(workshop, [(slot, folder.begin_trial(slot.folder)) for slot in slots])
    try:
        yield block
    finally:
        block.end()


def _keep(workshop: Workshop, block: Block) -> None:
    for trial, running in zip(block.trials(), block.all, strict=True):
        running.contender.folder.write(trial)
        workshop.listener.end_trial(trial)
