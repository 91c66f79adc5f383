"""A ranking as dots with intervals, and as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from wsgibench.model.objective import OBJECTIVES, Objective
from wsgibench.model.stack import parse_stack
from wsgibench.model.verdict import Ranking, Standing, Verdict
from wsgibench.report.axes import Axis, figure_axis
from wsgibench.report.conclusions import Row, headline, rows, title
from wsgibench.report.page.chart import Chart, Json, Table
from wsgibench.report.page.marks import Mark, marks_of
from wsgibench.report.page.specification import STYLED, base_spec

_ROW_HEIGHT = 34
_SHAPES = {"best": "diamond", "tied": "square", "open": "triangle-up", "behind": "circle", "failed": "cross"}
_UNITS = {"1/s": ("requests/s", 1.0), "s": ("ms", 1e3), "s/1000": ("CPU s per 1,000 requests", 1.0)}
_MEMORY = ("MiB", 2.0**-20)


@dataclass(frozen=True, kw_only=True)
class RankingView:
    """A ranking as the page shows it; ``rows`` come with the mark of their stack."""

    name: str
    label: str
    title: str
    headline: str
    asked: bool
    rows: tuple[tuple[Row, Mark], ...]
    chart: Chart


def ranking_view(verdict: Verdict, ranking: Ranking) -> RankingView:
    """All that is shown of a ranking."""
    marks, lines = marks_of(ranking), rows(ranking)
    objective = OBJECTIVES[ranking.objective]
    heading = title(verdict, ranking)
    return RankingView(
        name=ranking.objective,
        label=objective.noun,
        title=heading,
        headline=headline(ranking),
        asked=ranking.asked,
        rows=tuple((row, marks[row.stack]) for row in lines),
        chart=_chart(ranking, objective, lines, marks, heading),
    )


def _chart(ranking: Ranking, objective: Objective, lines: list[Row], marks: Mapping[str, Mark], heading: str) -> Chart:
    described = "; ".join(
        " ".join(part for part in (row.stack, row.value, row.interval, row.remark) if part) for row in lines
    )
    unit, scale = _UNITS.get(objective.unit, _MEMORY)
    points = [
        _point(standing, scale, marks[standing.stack], row)
        for standing, row in zip(ranking.standings, lines, strict=False)
    ]
    return Chart(
        name=f"ranking-{ranking.objective}",
        kind="ranking",
        title=heading,
        description=f"{heading}: {described}." if described else "No stack can be ranked.",
        table=Table(caption="", columns=(), rows=()),
        draw=partial(_spec, unit, points) if points else None,
        data={"rows": points},
    )


def _point(standing: Standing, scale: float, mark: Mark, row: Row) -> Json:
    return {
        "stack": standing.stack,
        "server": parse_stack(standing.stack).server,
        "value": standing.value * scale,
        "low": None if standing.low is None else standing.low * scale,
        "high": None if standing.high is None else standing.high * scale,
        "mark": mark.kind,
        "text": f"{mark.sign} {row.value}".strip(),
        "tip": " ".join(part for part in (row.value, row.interval) if part),
        "remark": row.remark or mark.word,
    }


def _spec(unit: str, points: list[Json]) -> Json:
    ends = [end for point in points for end in (point["low"], point["value"], point["high"]) if end is not None]
    axis = figure_axis(unit, min(ends), max(ends), may_be_logarithmic=True)
    stacks = [point["stack"] for point in points]
    down = {
        "field": "stack",
        "type": "nominal",
        "sort": stacks,
        "axis": {"title": None, "labelLimit": 190, "grid": True, "ticks": False, "domain": False, "labelPadding": 10},
    }
    shapes = {"domain": list(_SHAPES), "range": list(_SHAPES.values())}
    colours = STYLED.colours_of(point["server"] for point in points)
    colour = {
        "field": "server",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": list(colours), "range": list(colours.values())},
    }
    dots = {
        "y": down,
        "x": _across("value", axis),
        "color": colour,
        "shape": {"field": "mark", "type": "nominal", "legend": None, "scale": shapes},
        "size": {"condition": {"test": "datum.mark === 'best'", "value": 240}, "value": 130},
    }
    return base_spec() | {
        "data": {"values": points},
        "height": {"step": _ROW_HEIGHT},
        "width": 600,
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 3, "opacity": 0.45, "strokeCap": "round"},
                "transform": [{"filter": "isValid(datum.low)"}],
                "encoding": {"y": down, "x": _across("low", axis), "x2": {"field": "high"}, "color": colour},
            },
            {"mark": {"type": "point", "filled": True, "opacity": 1}, "encoding": dots},
            {
                "mark": {"type": "text", "dy": -13, "fontSize": 12, "fontWeight": "bold", "color": STYLED.ink},
                "encoding": {"y": down, "x": _across("value", axis), "text": {"field": "text", "type": "nominal"}},
            },
        ],
    }


def _across(field: str, axis: Axis) -> Json:
    kind = {"type": "log"} if axis.logarithmic else {"type": "linear", "zero": False}
    return {
        "field": field,
        "type": "quantitative",
        "scale": kind | {"domain": [axis.low, axis.high], "nice": False},
        "axis": {"title": axis.title, "values": list(axis.ticks), "format": ",.8~g", "grid": False},
    }
