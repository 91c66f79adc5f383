"""The stacks of a run with the look of their lines."""

from dataclasses import dataclass

from wsgibench.model.run import FinishedRun
from wsgibench.report.page.specification import STYLED
from wsgibench.report.theme import dashes_of, shapes_of, way_of


@dataclass(frozen=True)
class LegendEntry:
    """``colour``, ``dash`` and ``shape`` as SVG's attributes want them; the shape is a path around 0."""

    stack: str
    colour: str
    dash: str
    shape: str


_PATHS = {
    "circle": "M-4,0A4,4,0,1,1,4,0A4,4,0,1,1,-4,0Z",
    "square": "M-3.6,-3.6H3.6V3.6H-3.6Z",
    "triangle-up": "M0,-4.4L4.6,3.6H-4.6Z",
    "diamond": "M0,-5L4,0L0,5L-4,0Z",
    "triangle-down": "M0,4.4L4.6,-3.6H-4.6Z",
    "cross": "M-4.4,-1.5H-1.5V-4.4H1.5V-1.5H4.4V1.5H1.5V4.4H-1.5V1.5H-4.4Z",
    "triangle-left": "M-4.4,0L3.6,4.6V-4.6Z",
    "triangle-right": "M4.4,0L-3.6,4.6V-4.6Z",
}


def legend(run: FinishedRun) -> list[LegendEntry]:
    """The stacks in the order of the plan, in the colours and dashes of all charts."""
    stacks = run.run.plan.stacks
    colours = STYLED.colours_of(stack.server for stack in stacks)
    ways = {stack.label: way_of(stack, suffixed=run.run.plan.curve is not None) for stack in stacks}
    dashes, shapes = dashes_of(ways.values()), shapes_of(ways.values())
    return [
        LegendEntry(label, colours[stack.server], " ".join(map(str, dashes[way])), _PATHS[shapes[way]])
        for stack in stacks
        for label, way in [(stack.label, ways[stack.label])]
    ]
