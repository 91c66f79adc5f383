"""A chart of the page: its specification, its data as columns, its words and its table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from wsgibench.report.lines import Kind, Line

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
        fine: in windows as short as can be, shown only where one block is.
    """

    line: Line
    block: int | None = None
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


def columns_of(panels: Sequence[Sequence[Series]]) -> list[list[Json]]:
    """Each panel's lines, weak ones first, each with its points as two columns; None is a gap."""
    kinds = list(Kind)
    return [[_columns(each) for each in sorted(panel, key=lambda s: kinds.index(s.line.kind))] for panel in panels]


def _columns(series: Series) -> Json:
    line = series.line
    return {
        "stack": line.label,
        "server": line.server,
        "proxy": line.proxy,
        "kind": line.kind.value,
        "block": series.block,
        "fine": series.fine,
        "t": [_short(value) for value in line.curve.time_s.tolist()],
        "v": [_short(value) for value in line.curve.value.tolist()],
    }


def _short(value: float) -> float | int | None:
    """Five digits: more than any screen has pixels."""
    if not isfinite(value):
        return None
    rounded = float(f"{value:.5g}")
    return int(rounded) if rounded.is_integer() else rounded
