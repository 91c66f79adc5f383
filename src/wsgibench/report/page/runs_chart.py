"""One objective over several runs: a row for each stack, in it a dot for each run."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from wsgibench.model.objective import OBJECTIVES, Objective
from wsgibench.model.verdict import Ranking
from wsgibench.report.conclusions.quantities import interval
from wsgibench.report.conclusions.rankings import bounded
from wsgibench.report.page.chart import MISSING, Chart, Json, Table
from wsgibench.report.page.dots import axis_of, down, layers, unit_of
from wsgibench.report.page.specification import STYLED, base_spec

_STEP = 30
"""Of a run, in CSS pixels: room for the figure above its dot."""
_SHAPES = (
    "M-1,0A1,1,0,1,1,1,0A1,1,0,1,1,-1,0Z",
    "M0,-1.2L1.2,0L0,1.2L-1.2,0Z",
    "M-0.9,-0.9L0.9,-0.9L0.9,0.9L-0.9,0.9Z",
    "M0,-1.1L1.1,0.9L-1.1,0.9Z",
    "M-0.4,-1.1L0.4,-1.1L0.4,-0.4L1.1,-0.4L1.1,0.4L0.4,0.4L0.4,1.1L-0.4,1.1L-0.4,0.4L-1.1,0.4L-1.1,-0.4L-0.4,-0.4Z",
    "M0,1.1L1.1,-0.9L-1.1,-0.9Z",
)
"""Paths around 0, as SVG and Vega want them; as many as differ from the number of colours, so that pairs come late."""


@dataclass(frozen=True)
class Look:
    """How a run is told from the others: by its number, its shape and its place in each row, and by colour as well."""

    number: int
    shape: str
    colour: str

    @classmethod
    def of(cls, index: int) -> "Look":
        """That of the run at this place, counted from 0."""
        return cls(index + 1, _SHAPES[index % len(_SHAPES)], STYLED.colours[index % len(STYLED.colours)])


def runs_chart(title: str, rankings: Sequence[Ranking], names: Sequence[str]) -> Chart:
    """The same objective's ranking in each run, with the runs' names; every stack of every run has its row."""
    objective = OBJECTIVES[rankings[0].objective]
    stacks = _stacks(rankings)
    unit, scale = unit_of(objective)
    points = [
        point for stack in stacks for index, each in enumerate(rankings) for point in _points(each, stack, index, scale)
    ]
    numbered = [f"{index}: {name}" for index, name in enumerate(names, start=1)]
    cells = [[_cell(each, stack, objective) for each in rankings] for stack in stacks]
    described = "; ".join(
        f"{stack} {', '.join(f'run {index} {cell}' for index, cell in enumerate(row, start=1))}"
        for stack, row in zip(stacks, cells, strict=True)
    )
    return Chart(
        name=f"runs-{objective.name}",
        kind="ranking",
        title=title,
        description=f"{title}: {described}.",
        table=Table(
            caption=f"{title}, with 95 % intervals",
            columns=("stack", *numbered),
            rows=tuple((stack, *row) for stack, row in zip(stacks, cells, strict=True)),
        ),
        draw=partial(_spec, unit, points, stacks, len(names)) if points else None,
        data={
            "rows": [
                {"stack": stack, "tips": [list(tip) for tip in zip(numbered, row, strict=True)]}
                for stack, row in zip(stacks, cells, strict=True)
            ]
        },
    )


def _stacks(rankings: Sequence[Ranking]) -> list[str]:
    """Of all runs, as the first run ranks them; then those that it does not rank or does not have."""
    ranked = [standing.stack for ranking in rankings for standing in ranking.standings]
    return list(dict.fromkeys(ranked + [each.stack for ranking in rankings for each in ranking.unranked]))


def _points(ranking: Ranking, stack: str, index: int, scale: float) -> list[Json]:
    objective = OBJECTIVES[ranking.objective]
    return [
        {
            "stack": stack,
            "run": index,
            "value": each.value * scale,
            "low": None if each.low is None else each.low * scale,
            "high": None if each.high is None else each.high * scale,
            "text": bounded(each, objective),
        }
        for each in ranking.standings
        if each.stack == stack
    ]


def _cell(ranking: Ranking, stack: str, objective: Objective) -> str:
    for each in ranking.standings:
        if each.stack == stack:
            return f"{bounded(each, objective)} {interval(each.low, each.high, objective)}".strip()
    return "not ranked" if any(each.stack == stack for each in ranking.unranked) else MISSING


def _spec(unit: str, points: list[Json], stacks: list[str], count: int) -> Json:
    runs = list(range(count))
    looks = [Look.of(index) for index in runs]
    rows = down(stacks)
    # Lines between the stacks, not through them.
    rows |= {"scale": {"domain": stacks, "paddingInner": 0, "paddingOuter": 0}}
    rows["axis"] = rows["axis"] | {"tickBand": "extent"}
    by_run = {"field": "run", "type": "nominal", "legend": None}
    dots = {
        "y": rows,
        "yOffset": {"field": "run", "type": "nominal", "scale": {"domain": runs, "paddingOuter": 0.3}},
        "color": by_run | {"scale": {"domain": runs, "range": [look.colour for look in looks]}},
        "shape": by_run | {"scale": {"domain": runs, "range": [look.shape for look in looks]}},
        "size": {"value": 130},
    }
    return base_spec() | {
        "data": {"values": points},
        "height": {"step": _STEP, "for": "offset"},
        "width": 600,
        "layer": layers(dots, axis_of(unit, points)),
    }
