"""Lines, panels and pictures as plain data: all that a chart shows, before it has any look."""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from wsgibench.model.stack import Stack
from wsgibench.report.axes import Axis
from wsgibench.report.reading import TrialCurves
from wsgibench.report.theme import way_of
from wsgibench.report.windows import Curve

MACHINE = "the machine"
"""Label of what belongs to no stack, for they took turns."""


class Kind(Enum):
    """What a line stands for, which decides how strong it is drawn; the weakest first."""

    UNCOUNTED = "uncounted"
    """A trial that failed a gate."""
    TRIAL = "trial"
    """One of several trials that count."""
    RESULT = "result"
    """A stack: its only trial that counts, or the median over several."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line. ``label`` is the stack's; ``proxy`` with its variant; ``named`` whether the label stands at the end."""

    label: str
    server: str
    proxy: str
    kind: Kind
    named: bool
    curve: Curve


@dataclass(frozen=True)
class Panel:
    """Lines in one frame; the title is empty where there is one panel."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """All that a picture shows.

    Attributes:
        name: of its file, without theme and ending.
        unit: of all figures.
        notes: sentences below.
        empty: what to say where there are no lines.
        x: of time, or of numbers of workers.
    """

    name: str
    title: str
    subtitle: tuple[str, ...]
    notes: tuple[str, ...]
    empty: str
    unit: str
    x: Axis
    panels: tuple[Panel, ...]
    may_be_logarithmic: bool


def panels_of(trials: Sequence[TrialCurves], measure: str, *, suffixed: bool = False) -> tuple[Panel, ...]:
    """A panel for each number of workers, fewest first, with the stacks' lines in it; ``suffixed`` as of ``way_of``."""
    having = [each for each in trials if measure in each.curves]
    workers = sorted({each.trial.stack.workers for each in having})
    return tuple(
        Panel(
            f"{count} workers" if len(workers) > 1 else "",
            tuple(_lines([each for each in having if each.trial.stack.workers == count], measure, suffixed=suffixed)),
        )
        for count in workers
    )


def machine_panels(trials: Sequence[TrialCurves], measure: str) -> tuple[Panel, ...]:
    """One panel with the machine's lines, where all stacks of a block were up at once: one line a block."""
    blocks: dict[int, Curve] = {}
    for each in trials:
        if measure in each.curves:
            blocks.setdefault(each.trial.block, each.curves[measure])
    lines = lines_of(list(blocks.values()), [], label=MACHINE, server=MACHINE, proxy=MACHINE)
    return (Panel("", tuple(lines)),) if lines else ()


def lines_of(
    counting: Sequence[Curve], uncounted: Sequence[Curve], *, label: str, server: str, proxy: str
) -> list[Line]:
    """The lines of one stack: weak ones first, so that they lie beneath."""

    def line(curve: Curve, kind: Kind, *, named: bool = False) -> Line:
        return Line(label=label, server=server, proxy=proxy, kind=kind, named=named, curve=curve)

    lines = [line(curve, Kind.UNCOUNTED, named=not counting and not index) for index, curve in enumerate(uncounted)]
    if len(counting) > 1:
        lines += [line(curve, Kind.TRIAL) for curve in counting]
    if counting:
        lines.append(line(median_curve(counting), Kind.RESULT, named=True))
    return lines


def median_curve(curves: Sequence[Curve]) -> Curve:
    """The median at each point, over those curves that have it; all have the same windows, some fewer of them."""
    longest = max(curves, key=lambda curve: len(curve.value))
    values = np.full((len(curves), len(longest.value)), np.nan)
    for row, curve in zip(values, curves, strict=True):
        row[: len(curve.value)] = curve.value
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a window that no curve has stays NaN, as it should
        return Curve(longest.time_s, np.nanmedian(values, axis=0))


def _lines(trials: Sequence[TrialCurves], measure: str, *, suffixed: bool) -> Iterable[Line]:
    for stack in _stacks(trials):
        mine = [each for each in trials if each.trial.stack == stack]
        yield from lines_of(
            [each.curves[measure] for each in mine if each.trial.counts],
            [each.curves[measure] for each in mine if not each.trial.counts],
            label=stack.label,
            server=stack.server,
            proxy=way_of(stack, suffixed=suffixed),
        )


def _stacks(trials: Sequence[TrialCurves]) -> list[Stack]:
    return sorted({each.trial.stack for each in trials}, key=lambda stack: stack.label)
