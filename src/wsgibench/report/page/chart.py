"""A chart of the page: its specification, its data as columns, its words and its table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from wsgibench.report.lines import Line

Json = dict[str, Any]

MISSING = "-"
"""Where a figure is not there; never 0."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """``rows`` begin with the cell that names them."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Series:
    """A line of a chart.

    Attributes:
        block: whose it is; None for one over all blocks.
        offset_s: of the start of its time, since the run began; None where it has none of its own.
        fine: in windows as short as can be, shown only where one block is.
    """

    line: Line
    block: int | None = None
    offset_s: float | None = None
    fine: bool = False


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart.

    Attributes:
        name: unique in the page; letters, digits and hyphens.
        kind: ``ranking``, ``percentiles`` or ``time``: how it answers to the pointer.
        description: what it shows, for those who do not see it.
        notes: sentences below.
        draw: makes its Vega-Lite specification, without points; None where there is nothing to draw. Raises
            MissingError without the libraries for it.
        data: what the page's script makes its points of.
    """

    name: str
    kind: str
    title: str
    description: str
    table: Table
    notes: tuple[str, ...] = ()
    draw: Callable[[], Json] | None = None
    data: Json = field(default_factory=dict)

    def for_script(self) -> Json:
        """All that the page's script needs.

        Raises:
            MissingError: the libraries for drawing are not installed.
        """
        return {"name": self.name, "kind": self.kind, "spec": self.draw and self.draw(), **self.data}


def lines_data(panels: Sequence[Sequence[Series]]) -> Json:
    """The stacks, and each panel's lines as ``[stack, kind, block, fine, offset, times, values]``.

    A run of many blocks has thousands of lines: so their names stand once. None is a gap.
    """
    stacks = list(dict.fromkeys(_names(series) for panel in panels for series in panel))
    return {
        "stacks": stacks,
        "panels": [[[stacks.index(_names(series)), *_columns(series)] for series in panel] for panel in panels],
    }


def _names(series: Series) -> tuple[str, str, str]:
    return series.line.label, series.line.server, series.line.proxy


def _columns(series: Series) -> list[Any]:
    curve = series.line.curve
    columns = ([_short(value) for value in values.tolist()] for values in (curve.time_s, curve.value))
    return [series.line.kind.value, series.block, int(series.fine), _short(series.offset_s), *columns]


def _short(value: float | None) -> float | int | None:
    """Six digits: more than any screen has pixels, even zoomed in."""
    if value is None or not isfinite(value):
        return None
    rounded = float(f"{value:.6g}")
    return int(rounded) if rounded.is_integer() else rounded
