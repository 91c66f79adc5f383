"""Rows of data for a chart: points of lines, labels at their ends, and the picture in words."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

import numpy as np

from wsgibench.report.axes import Axis
from wsgibench.report.circumstance_words import printable
from wsgibench.report.labels import spread
from wsgibench.report.lines import Kind, Line, Panel, Picture

LABEL_GAP = 15
"""CSS pixels from one label to the next."""

_DOTS_MAX = 12
"""Lines of so few points show each of them."""

Row = dict[str, Any]


def point_rows(panel: Panel) -> list[Row]:
    """A row for each point, weak lines first, so that they lie beneath; a ``v`` of None is a gap.

    ``dot`` is there where a line alone would not show the point.
    """
    kinds = list(Kind)
    lines = sorted(panel.lines, key=lambda line: kinds.index(line.kind))
    return [row for number, line in enumerate(lines) for row in _points(number, line)]


def label_rows(panel: Panel, y: Axis, height: float) -> list[Row]:
    """A row for each label: its text, the end of its line (``t``, ``v``), and where on the axis it stands (``at``)."""
    ends = [(line, end) for line in panel.lines if line.named and (end := end_of(line))]
    positions = spread([(1 - y.share(end[1])) * height for _, end in ends], LABEL_GAP, height)
    return [
        {
            "text": label_of(line),
            "server": printable(line.server),
            "proxy": printable(line.proxy),
            "kind": line.kind.value,
            "t": end[0],
            "v": end[1],
            "at": y.value(1 - position / height),
        }
        for (line, end), position in zip(ends, positions.tolist(), strict=True)
    ]


def label_of(line: Line) -> str:
    """What stands at the line's end."""
    return printable(line.label) + (" (does not count)" if line.kind is Kind.UNCOUNTED else "")


def end_of(line: Line) -> tuple[float, float] | None:
    """Time and value of the last point that is there."""
    there = np.flatnonzero(np.isfinite(line.curve.value))
    return (float(line.curve.time_s[there[-1]]), float(line.curve.value[there[-1]])) if len(there) else None


def description(picture: Picture) -> str:
    """The picture in words: its title, and where each named line ends."""
    ends = [
        f"{label_of(line)}{', ' + panel.title if panel.title else ''}: {end[1]:,.4g} {picture.unit}"
        for panel in picture.panels
        for line in panel.lines
        if line.named and (end := end_of(line))
    ]
    return printable(f"{picture.title}. " + (f"At the end: {'; '.join(ends)}." if ends else picture.empty))


def _points(number: int, line: Line) -> Iterator[Row]:
    # Five digits: more than any screen has pixels.
    values = [float(f"{value:.5g}") if isfinite(value) else None for value in line.curve.value.tolist()]
    around = [None, *values, None]
    for index, (time_s, value) in enumerate(zip(line.curve.time_s.tolist(), values, strict=True)):
        row = {
            "line": number,
            "stack": printable(line.label),
            "server": printable(line.server),
            "proxy": printable(line.proxy),
            "kind": line.kind.value,
            "t": round(time_s, 3),
            "v": value,
        }
        alone = around[index] is None and around[index + 2] is None
        yield row | {"dot": True} if value is not None and (alone or len(values) <= _DOTS_MAX) else row
