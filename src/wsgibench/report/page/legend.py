"""The stacks of a run with the look of their lines."""

from dataclasses import dataclass

from wsgibench.model.run import FinishedRun
from wsgibench.report.page.specification import STYLED
from wsgibench.report.theme import dashes_of


@dataclass(frozen=True)
class LegendEntry:
    """``colour`` and ``dash`` as SVG's attributes want them."""

    stack: str
    colour: str
    dash: str


def legend(run: FinishedRun) -> list[LegendEntry]:
    """The stacks in the order of the plan, in the colours and dashes of all charts."""
    stacks = run.run.plan.stacks
    colours = STYLED.colours_of(stack.server for stack in stacks)
    dashes = dashes_of(stack.proxy for stack in stacks)
    return [
        LegendEntry(stack.label, colours[stack.server], " ".join(map(str, dashes[stack.proxy]))) for stack in stacks
    ]
