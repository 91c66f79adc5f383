"""The picture on the first screen: the ranking that was asked for first, with its figures beside it."""

from functools import partial

from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.verdict import Ranking, Verdict
from wsgibench.report.conclusions.pairs import briefly, why_unknown
from wsgibench.report.page.chart import Chart, Json, Table
from wsgibench.report.page.dots import across, axis_of, down, unit_of
from wsgibench.report.page.ranking import SHAPES, points_of, ranking_in_words
from wsgibench.report.page.specification import STYLED, base_spec
from wsgibench.report.wording import listed
from wsgibench.units import counted

_SHOWN_MAX = 16
"""Stacks for which a phone has room."""
_NAMED_MAX = 3


def lead_chart(verdict: Verdict) -> Chart | None:
    """The ranking that was asked for first; None where no stack is ranked."""
    ranking = next(iter(verdict.asked), None)
    if ranking is None or not ranking.standings:
        return None
    points = [point | {"remark": _remark(ranking, point["stack"])} for point in points_of(ranking)[:_SHOWN_MAX]]
    unit, _ = unit_of(OBJECTIVES[ranking.objective])
    return Chart(
        name="lead",
        kind="lead",
        title="",
        description=ranking_in_words(verdict, ranking),
        table=Table(caption="", columns=(), rows=()),
        notes=tuple(_notes(ranking)),
        draw=partial(_spec, unit, points),
        data={"rows": points},
    )


def _remark(ranking: Ranking, stack: str) -> str:
    leader = ranking.standings[0].stack
    if stack == leader:
        return ""
    found = ranking.between(stack, leader)
    return briefly(found, why_unknown(ranking, found))


def _notes(ranking: Ranking) -> list[str]:
    notes = []
    if (more := len(ranking.standings) - _SHOWN_MAX) > 0:
        notes.append(f"And {counted(more, 'stack')} more, below.")
    out = [each.stack for each in ranking.unranked]
    if out:
        names = listed(out) if len(out) <= _NAMED_MAX else counted(len(out), "stack")
        notes.append(f"Not ranked: {names}.")
    return notes


def _spec(unit: str, points: list[Json]) -> Json:
    """Rows of name, interval with dot, figure and remark; the page's script drops what a small screen has no room for.

    Each text is in a layer of that name.
    """
    colours = STYLED.colours_of(point["server"] for point in points)
    colour = {
        "field": "server",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": list(colours), "range": list(colours.values())},
    }
    shapes = {"domain": list(SHAPES), "range": list(SHAPES.values())}
    shape = {"field": "mark", "type": "nominal", "legend": None, "scale": shapes}
    axis = axis_of(unit, points)
    y = down([point["stack"] for point in points])
    text = {"type": "text", "baseline": "middle", "fontSize": 13, "color": STYLED.ink}
    beside: Json = {"y": y, "x": {"value": "width"}}
    return base_spec() | {
        "data": {"values": points},
        "height": {"step": 30},
        "width": 600,
        "layer": [
            {
                "name": "track",
                "mark": {"type": "rule", "color": STYLED.grid},
                "encoding": {"y": y, "x": {"value": 0}, "x2": {"value": "width"}},
            },
            {
                "name": "interval",
                "mark": {"type": "rule", "strokeWidth": 4, "opacity": 0.45, "strokeCap": "round"},
                "transform": [{"filter": "isValid(datum.low)"}],
                "encoding": {"y": y, "x": across("low", axis), "x2": {"field": "high"}, "color": colour},
            },
            {
                "name": "dot",
                "mark": {"type": "point", "filled": True, "opacity": 1},
                "encoding": {
                    "y": y,
                    "x": across("value", axis),
                    "color": colour,
                    "shape": shape,
                    "size": {"condition": {"test": "datum.mark === 'best'", "value": 200}, "value": 110},
                },
            },
            {
                "name": "figure",
                "mark": text | {"align": "right", "fontWeight": "bold"},
                "encoding": beside | {"text": {"field": "text", "type": "nominal"}},
            },
            {
                "name": "remark",
                "mark": text | {"align": "left", "color": STYLED.muted},
                "encoding": beside | {"text": {"field": "remark", "type": "nominal"}},
            },
            {
                "name": "stack",
                "mark": text | {"align": "left"},
                "encoding": {"y": y, "x": {"value": 0}, "text": {"field": "stack", "type": "nominal"}},
            },
        ],
    }
