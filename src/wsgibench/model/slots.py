"""Which stack is when: the places of a plan, and their order."""

import random
from dataclasses import dataclass

from wsgibench.model.plan import Plan
from wsgibench.model.stack import Stack
from wsgibench.model.trial import folder_name


@dataclass(frozen=True)
class Slot:
    """A place in the plan: which stack is when."""

    number: int
    block: int
    position: int
    stack: Stack

    @property
    def folder(self) -> str:
        """Name of its trial's folder."""
        return folder_name(self.number, self.stack)


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
