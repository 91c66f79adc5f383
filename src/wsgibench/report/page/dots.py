"""Parts of a chart of dots with intervals: a row for each stack."""

from collections.abc import Sequence

from wsgibench.model.objective import Objective
from wsgibench.report.axes import Axis, figure_axis
from wsgibench.report.page.chart import Json
from wsgibench.report.page.specification import STYLED

_UNITS = {"1/s": ("requests/s", 1.0), "s": ("ms", 1e3), "s/1000": ("CPU s per 1,000 requests", 1.0)}
_MEMORY = ("MiB", 2.0**-20)


def unit_of(objective: Objective) -> tuple[str, float]:
    """The unit of the axis, and what figures are multiplied by to be in it."""
    return _UNITS.get(objective.unit, _MEMORY)


def axis_of(unit: str, points: Sequence[Json]) -> Axis:
    """An axis on which every point's ``low``, ``value`` and ``high`` has room."""
    ends = [end for point in points for end in (point["low"], point["value"], point["high"]) if end is not None]
    return figure_axis(unit, min(ends), max(ends), may_be_logarithmic=True)


def down(stacks: Sequence[str]) -> Json:
    """The stacks one below another."""
    return {
        "field": "stack",
        "type": "nominal",
        "sort": list(stacks),
        "axis": {"title": None, "labelLimit": 190, "grid": True, "ticks": False, "domain": False, "labelPadding": 10},
    }


def across(field: str, axis: Axis) -> Json:
    """A figure along the axis."""
    kind = {"type": "log"} if axis.logarithmic else {"type": "linear", "zero": False}
    return {
        "field": field,
        "type": "quantitative",
        "scale": kind | {"domain": [axis.low, axis.high], "nice": False},
        "axis": {"title": axis.title, "values": list(axis.ticks), "format": ",.8~g", "grid": False},
    }


def layers(dots: Json, axis: Axis) -> list[Json]:
    """Intervals, dots on them, figures above: ``dots`` are the encodings of the points, without ``x``."""
    placed = {channel: dots[channel] for channel in ("y", "yOffset") if channel in dots}
    return [
        {
            "mark": {"type": "rule", "strokeWidth": 3, "opacity": 0.45, "strokeCap": "round"},
            "transform": [{"filter": "isValid(datum.low)"}],
            "encoding": {**placed, "x": across("low", axis), "x2": {"field": "high"}, "color": dots["color"]},
        },
        {
            "mark": {"type": "point", "filled": True, "opacity": 1},
            "encoding": {**dots, "x": across("value", axis)},
        },
        {
            "mark": {"type": "text", "dy": -13, "fontSize": 12, "fontWeight": "bold", "color": STYLED.ink},
            "encoding": {**placed, "x": across("value", axis), "text": {"field": "text", "type": "nominal"}},
        },
    ]
