"""A ranking as dots with intervals, and as a table."""

from dataclasses import dataclass
from functools import partial

from wsgibench.model.objective import OBJECTIVES, Objective
from wsgibench.model.stack import parse_candidate
from wsgibench.model.verdict import Ranking, Standing, Verdict
from wsgibench.report.conclusions import Row, headline, rows, title
from wsgibench.report.page.chart import Chart, Json, Table
from wsgibench.report.page.dots import axis_of, down, layers, unit_of
from wsgibench.report.page.marks import Mark, marks_of
from wsgibench.report.page.specification import STYLED, base_spec

_ROW_HEIGHT = 34
SHAPES = {"best": "diamond", "tied": "square", "open": "triangle-up", "behind": "circle", "failed": "cross"}


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
        chart=_chart(verdict, ranking, objective, heading),
    )


def ranking_in_words(verdict: Verdict, ranking: Ranking) -> str:
    """What its chart shows."""
    described = "; ".join(
        " ".join(part for part in (row.stack, row.value, row.interval, row.remark) if part) for row in rows(ranking)
    )
    return f"{title(verdict, ranking)}: {described}." if described else "No stack can be ranked."


def points_of(ranking: Ranking) -> list[Json]:
    """Of each ranked stack its name, figure, interval, mark and remark, in the unit of the axis."""
    _, scale = unit_of(OBJECTIVES[ranking.objective])
    marks = marks_of(ranking)
    return [
        _point(standing, scale, marks[standing.stack], row)
        for standing, row in zip(ranking.standings, rows(ranking), strict=False)
    ]


def _chart(verdict: Verdict, ranking: Ranking, objective: Objective, heading: str) -> Chart:
    unit, _ = unit_of(objective)
    points = points_of(ranking)
    return Chart(
        name=f"ranking-{ranking.objective}",
        kind="ranking",
        title=heading,
        description=ranking_in_words(verdict, ranking),
        table=Table(caption="", columns=(), rows=()),
        draw=partial(_spec, unit, points) if points else None,
        data={"rows": points},
    )


def _point(standing: Standing, scale: float, mark: Mark, row: Row) -> Json:
    return {
        "stack": standing.stack,
        "server": parse_candidate(standing.stack).server,
        "value": standing.value * scale,
        "low": None if standing.low is None else standing.low * scale,
        "high": None if standing.high is None else standing.high * scale,
        "mark": mark.kind,
        "text": f"{mark.sign} {row.value}".strip(),
        "tips": [[" ".join(part for part in (row.value, row.interval) if part), row.remark or mark.word]],
    }


def _spec(unit: str, points: list[Json]) -> Json:
    shapes = {"domain": list(SHAPES), "range": list(SHAPES.values())}
    colours = STYLED.colours_of(point["server"] for point in points)
    dots = {
        "y": down([point["stack"] for point in points]),
        "color": {
            "field": "server",
            "type": "nominal",
            "legend": None,
            "scale": {"domain": list(colours), "range": list(colours.values())},
        },
        "shape": {"field": "mark", "type": "nominal", "legend": None, "scale": shapes},
        "size": {"condition": {"test": "datum.mark === 'best'", "value": 240}, "value": 130},
    }
    return base_spec() | {
        "data": {"values": points},
        "height": {"step": _ROW_HEIGHT},
        "width": 600,
        "layer": layers(dots, axis_of(unit, points)),
    }
