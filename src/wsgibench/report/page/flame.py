"""A differential flame graph as a chart: which calls take more time, and which less."""

from functools import partial

from wsgibench.model.sampling import Samplings
from wsgibench.model.stack import parse_candidate
from wsgibench.model.verdict import SampledChange, Verdict
from wsgibench.report.circumstance_words import printable
from wsgibench.report.conclusions.quantities import microseconds
from wsgibench.report.flame import FlameFrame, flame_frames
from wsgibench.report.page.chart import Chart, Json, Table
from wsgibench.report.page.specification import STYLED, base_spec

_STEP = 19
_WIDTH = 600
_LABELLED = 0.035
"""As a share of what is shown: narrower frames have no room for a name."""
_ALIKE = 0.02
"""Of the whole: what changes by less is grey."""
_NOTE = "Press a frame to see it alone, the topmost to see all. Samples say where to look: chance draws small frames."
_COLOURS = {"more": STYLED.colours[1], "less": STYLED.colours[0], "alike": STYLED.muted}


def flame_charts(verdict: Verdict, samplings: Samplings | None) -> list[Chart]:
    """One for each pair that was sampled."""
    by = samplings.by_candidate if samplings else {}
    return [
        _chart(place, each, flame_frames(by[each.first], by[each.second]))
        for place, each in enumerate(verdict.sampled)
        if not each.missing and each.first in by and each.second in by
    ]


def _chart(place: int, change: SampledChange, frames: list[FlameFrame]) -> Chart:
    old, new = (parse_candidate(each).variant for each in (change.first, change.second))
    points = [_point(frame, frames[0], (old, new)) for frame in frames]
    samples = " and ".join(f"{count:,}" for count in change.samples)
    return Chart(
        name=f"flame-{place}",
        kind="flame",
        title=f"Where the time of a request goes: {change.second} beside {change.first}",
        description=f"Calls within calls, by {samples} samples of {change.sampler}; the table has what changes most.",
        table=_table(change, (old, new)),
        notes=(f"As wide as the time of both on the mean. ▲ takes more with {new}, ▼ less; grey: as much.", _NOTE),
        draw=partial(_spec, points),
        data={"frames": points},
    )


def _point(frame: FlameFrame, whole: FlameFrame, names: tuple[str, str]) -> Json:
    change_s = frame.after_s - frame.before_s
    most_s = max(whole.before_s, whole.after_s)
    is_alike = abs(change_s) < _ALIKE * most_s
    kind = "alike" if is_alike else "more" if change_s > 0 else "less"
    name = printable(frame.name)
    sign = {"more": "▲ ", "less": "▼ ", "alike": ""}[kind]
    figures = [
        [each, f"{microseconds(seconds)} µs"]
        for each, seconds in zip(names, (frame.before_s, frame.after_s), strict=True)
    ]
    return {
        "depth": frame.depth,
        "left": round(frame.left_s * 1e6, 3),
        "right": round(frame.right_s * 1e6, 3),
        "label": f"{sign}{name}",
        "kind": kind,
        "strength": 0.12 if is_alike else round(0.2 + 0.4 * min(2 * abs(change_s) / most_s, 1.0), 3),
        "tips": [["in", printable(frame.file)], *figures] if frame.file else figures,
        "name": name,
    }


def _table(change: SampledChange, names: tuple[str, str]) -> Table:
    rows = [
        (
            printable(each.name),
            printable(each.file),
            microseconds(each.before_s),
            microseconds(each.after_s),
            microseconds(each.all_before_s),
            microseconds(each.all_after_s),
            "yes" if each.is_sure else "no",
        )
        for each in change.functions
    ]
    old, new = names
    return Table(
        caption="Functions that change most, in µs of a request",
        columns=("function", "in", old, new, f"{old}, with calls", f"{new}, with calls", "more than chance"),
        rows=tuple(rows),
    )


def _spec(points: list[Json]) -> Json:
    """Rows of frames; the page's script moves the parameters ``from`` and ``till`` to those of the frame pressed."""
    whole = points[0]
    x = {"type": "quantitative", "scale": {"domain": [{"expr": "from"}, {"expr": "till"}], "nice": False}}
    axis = {"title": "µs of a request, mean of both", "grid": False, "tickCount": 5}
    rows = 1 + max(point["depth"] for point in points)
    y = {"field": "depth", "type": "ordinal", "scale": {"domain": list(range(rows))}, "axis": None}
    colours = {"domain": list(_COLOURS), "range": list(_COLOURS.values())}
    text_x = {**x, "field": "at", "axis": axis}
    return base_spec() | {
        "params": [{"name": "from", "value": 0}, {"name": "till", "value": max(whole["right"], 1e-9)}],
        "data": {"values": points},
        "height": {"step": _STEP},
        "width": _WIDTH,
        "layer": [
            {
                "mark": {"type": "rect", "clip": True, "stroke": "var(--background)", "strokeWidth": 1},
                "encoding": {
                    "x": {**x, "field": "left", "axis": axis},
                    "x2": {"field": "right"},
                    "y": y,
                    "color": {"field": "kind", "type": "nominal", "legend": None, "scale": colours},
                    "fillOpacity": {"field": "strength", "type": "quantitative", "scale": None, "legend": None},
                },
            },
            {
                "transform": [
                    {"filter": f"min(datum.right, till) - max(datum.left, from) > {_LABELLED} * (till - from)"},
                    {"calculate": "max(datum.left, from)", "as": "at"},
                ],
                "mark": {
                    "type": "text",
                    "align": "left",
                    "baseline": "middle",
                    "dx": 4,
                    "fontSize": 12,
                    "color": STYLED.ink,
                    "limit": {"expr": "(min(datum.right, till) - datum.at) / (till - from) * width - 6"},
                    "clip": True,
                },
                "encoding": {"x": text_x, "y": y, "text": {"field": "label", "type": "nominal"}},
            },
        ],
    }
