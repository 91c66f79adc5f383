"""Pictures as Vega-Lite specifications. Values from outside go into data and titles only, where Vega takes no code.

Altair is optional and takes a while to import: callers import this module when they draw.
"""

from typing import Any

import altair as alt

from wsgibench.report.axes import Axis
from wsgibench.report.circumstance_words import in_lines, printable
from wsgibench.report.frame import LABEL_MAX, LABEL_SPACE, LEFT, SIDE, SWATCH, Frame
from wsgibench.report.lines import Kind, Picture
from wsgibench.report.tables import Row, description, label_rows, point_rows
from wsgibench.report.theme import FONT, Theme

WIDTH = 800
"""Of the whole picture, in CSS pixels."""

_NOTE_HEIGHT = 15
_NUMBER = ",.8~g"

Spec = dict[str, Any]
"""A Vega-Lite specification."""


def spec_of(picture: Picture, theme: Theme, *, width: int = WIDTH, validate: bool = False) -> Spec:
    """The picture as a Vega-Lite specification with its data inside, ``width`` CSS pixels wide.

    ``validate`` checks it against the schema of Vega-Lite, which takes longer than to draw it.
    """
    frame = Frame.around(picture, theme, width)
    # Charts name their tables, which are added in the end: altair would copy every row many times.
    notes = [{"text": text, "y": index * _NOTE_HEIGHT} for index, text in enumerate(in_lines(picture.notes))]
    tables: dict[str, list[Row]] = {
        "corner": [{"t": frame.x.low, "v": frame.y.low}],
        "empty": [{"text": printable(picture.empty)}],
        "notes": notes,
    }
    parts: list[Any] = []
    for number, panel in enumerate(picture.panels):
        tables[f"points-{number}"] = point_rows(panel)
        tables[f"labels-{number}"] = label_rows(panel, frame.y, frame.height)
        parts.append(_panel(number, panel.title, frame, last=panel is picture.panels[-1]))
    if not parts:
        parts.append(_nothing(frame))
    if notes:
        parts.append(_notes(len(notes), frame))
    chart = alt.vconcat(*parts, spacing=18).properties(
        title=alt.TitleParams(text=printable(picture.title), subtitle=list(picture.subtitle)),
        description=description(picture),
        background=theme.background,
        padding={"left": SIDE, "right": SIDE, "top": 12, "bottom": SIDE},
        config=_config(theme),
    )
    return chart.to_dict(validate=validate) | {"datasets": tables}


def _panel(number: int, title: str, frame: Frame, *, last: bool) -> alt.LayerChart | alt.FacetChart:
    up = printable(f"{title}: {frame.y.title}" if title else frame.y.title)
    axes = _axes(up, frame.x.title if last else None, frame)
    chart = alt.layer(axes, *_lines(f"points-{number}", frame), *_labels(f"labels-{number}", frame))
    return chart.properties(width=frame.width, height=frame.height)


def _axes(up_title: str, across_title: str | None, frame: Frame) -> alt.Chart:
    # A mark without anything to see: so the axes stand in one place, and no other layer has a say in them.
    across = alt.Axis(values=list(frame.x.ticks), title=across_title, grid=False, format=_NUMBER)
    up = alt.Axis(
        values=list(frame.y.ticks),
        title=up_title,
        format=_NUMBER,
        titleAngle=0,
        titleAlign="left",
        titleAnchor="end",
        titleX=-LEFT,
        titleY=-12,
        minExtent=LEFT,
        maxExtent=LEFT,
    )
    x, y = _on("t", frame.x).axis(across), _up("v", frame.y).axis(up)
    chart: alt.Chart = _table("corner").mark_point(opacity=0).encode(x, y)
    return chart


def _lines(points: str, frame: Frame) -> list[alt.Chart]:
    x, y, colour = _on("t", frame.x), _up("v", frame.y), _colour(frame)
    opacity = alt.Opacity("kind", type="ordinal", scale=_by_kind(0.8, 0.4, 1), legend=None)
    dot_size = alt.Size("kind", type="ordinal", scale=_by_kind(14, 12, 30), legend=None)
    line = _table(points).mark_line()
    dots = _table(points).transform_filter("datum.dot").mark_circle()
    return [
        line.encode(x, y, opacity, _dash(frame), _thickness(), alt.Detail("line", type="nominal"), color=colour),
        dots.encode(x, y, opacity, dot_size, color=colour),
    ]


def _labels(labels: str, frame: Frame) -> list[alt.Chart]:
    at, begin, end = _up("at", frame.y), *(alt.value(frame.width + offset) for offset in SWATCH)
    leader = _table(labels).mark_rule(color=frame.theme.muted, strokeWidth=0.6)
    sample = _table(labels).mark_rule()
    text = _table(labels).mark_text(align="left", dx=LABEL_SPACE, limit=LABEL_MAX, color=frame.theme.ink)
    return [
        leader.encode(_on("t", frame.x), _up("v", frame.y), alt.Y2("at"), x2=begin),
        sample.encode(at, _dash(frame), _thickness(), x=begin, x2=end, color=_colour(frame)),
        text.encode(at, alt.Text("text", type="nominal"), x=end),
    ]


def _nothing(frame: Frame) -> alt.Chart:
    text = _table("empty").mark_text(fontSize=14, color=frame.theme.muted)
    centre = {"x": alt.value(frame.width / 2), "y": alt.value(frame.height / 2)}
    chart: alt.Chart = text.encode(alt.Text("text", type="nominal"), **centre)
    return chart.properties(width=frame.width, height=frame.height)


def _notes(count: int, frame: Frame) -> alt.Chart:
    text = _table("notes").mark_text(align="left", baseline="top", color=frame.theme.muted)
    down = alt.Y("y", type="quantitative", scale=None, axis=None)
    chart: alt.Chart = text.encode(down, alt.Text("text", type="nominal"), x=alt.value(-LEFT))
    return chart.properties(width=frame.width, height=count * _NOTE_HEIGHT)


def _table(name: str) -> alt.Chart:
    return alt.Chart(alt.NamedData(name=name))


def _on(field: str, axis: Axis) -> alt.X:
    return alt.X(field, type="quantitative", scale=_scale(axis))


def _up(field: str, axis: Axis) -> alt.Y:
    return alt.Y(field, type="quantitative", scale=_scale(axis))


def _scale(axis: Axis) -> alt.Scale:
    return alt.Scale(type="log" if axis.logarithmic else "linear", domain=[axis.low, axis.high], nice=False)


def _colour(frame: Frame) -> Any:  # noqa: ANN401 - altair gives a conditional channel no public type
    scale = alt.Scale(domain=list(frame.colours), range=list(frame.colours.values()))
    grey = alt.when(f"datum.kind === '{Kind.UNCOUNTED.value}'").then(alt.value(frame.theme.muted))
    return grey.otherwise(alt.Color("server", type="nominal", scale=scale, legend=None))


def _dash(frame: Frame) -> alt.StrokeDash:
    scale = alt.Scale(domain=list(frame.dashes), range=[list(dash) for dash in frame.dashes.values()])
    return alt.StrokeDash("proxy", type="nominal", scale=scale, legend=None)


def _thickness() -> alt.StrokeWidth:
    return alt.StrokeWidth("kind", type="ordinal", scale=_by_kind(1, 1, 2), legend=None)


def _by_kind(uncounted: float, trial: float, result: float) -> alt.Scale:
    # Ordinal must be said, or the values would be interpolated between the first and the last.
    return alt.Scale(type="ordinal", domain=[kind.value for kind in Kind], range=[uncounted, trial, result])


def _config(theme: Theme) -> alt.Config:
    return alt.Config(
        font=FONT,
        view=alt.ViewConfig(stroke=None),
        mark=alt.MarkConfig(invalid="break-paths-filter-domains"),
        text=alt.MarkConfig(fontSize=12),
        title=alt.TitleConfig(
            anchor="start",
            frame="bounds",
            fontSize=17,
            color=theme.ink,
            subtitleColor=theme.muted,
            subtitleFontSize=12,
            subtitleLineHeight=15,
            offset=18,
        ),
        axis=alt.AxisConfig(
            domainColor=theme.muted,
            tickColor=theme.muted,
            gridColor=theme.grid,
            labelColor=theme.ink,
            titleColor=theme.ink,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            labelOverlap="greedy",
        ),
        axisY=alt.AxisConfig(domain=False, ticks=False, labelPadding=6),
    )
