"""The pictures' Vega-Lite specifications, made fit for a page: any width, any theme, zoom."""

from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache

import numpy as np

from wsgibench.errors import MissingError
from wsgibench.report.axes import Axis
from wsgibench.report.circumstance_words import printable
from wsgibench.report.frame import Frame
from wsgibench.report.lines import Kind, Line, Panel, Picture
from wsgibench.report.page.chart import Json
from wsgibench.report.theme import LIGHT, Theme, shapes_of
from wsgibench.report.windows import Curve

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif"

STYLED = Theme(
    name="page",
    background="transparent",
    ink="var(--ink)",
    muted="var(--muted)",
    grid="var(--grid)",
    colours=tuple(f"var(--series-{index})" for index in range(len(LIGHT.colours))),
)
"""Colours by the names that the page's style gives them, so that light, dark and print need no other drawing."""

_HEIGHT = 230
_WIDTH = 600
"""In CSS pixels, until the page's script knows better."""


def page_spec(picture: Picture, *, height: int = _HEIGHT, tick_label: str = "", zoom: bool = False) -> Json:
    """The picture's specification without what the page says around it (title, notes, labels at the lines' ends).

    ``tick_label`` is a Vega expression for the labels of the lower axis. With ``zoom`` this axis goes from the
    parameter ``from`` to ``till`` in ticks of ``step``, and the table ``blocks`` says where blocks begin. Data come
    from the page's script.

    Raises:
        MissingError: altair is not installed.
    """
    y = Frame.around(picture, STYLED, _WIDTH).y
    looks = tuple(sorted({(line.server, line.proxy) for panel in picture.panels for line in panel.lines}))
    parts = deepcopy(_skeleton(picture.x, tuple(panel.title for panel in picture.panels), looks))
    for part, panel in zip(parts, picture.panels, strict=True):
        _set_upright(part, y, panel.title)
    panels = [_panel(part, picture, height, tick_label, zoom=zoom) for part in parts]
    params = {"from": picture.x.low, "till": picture.x.high} | ({"step": picture.x.ticks[1]} if zoom else {})
    return base_spec() | {
        "spacing": 22,
        "params": [{"name": name, "value": value} for name, value in params.items()],
        "vconcat": panels,
    }


@lru_cache(maxsize=16)
def _skeleton(x: Axis, titles: tuple[str, ...], looks: tuple[tuple[str, str], ...]) -> list[Json]:
    """The panels of pictures that differ in their figures alone: altair takes twice as long as all else here.

    Raises:
        MissingError: altair is not installed.
    """
    try:
        # Imported here: optional, and half a second that a page without charts should not pay.
        from wsgibench.report.charts import spec_of  # noqa: PLC0415
    except ImportError as exc:
        raise MissingError(
            f"Charts need '{exc.name}', which is not installed.", "pip install 'wsgibench[pictures]'"
        ) from exc
    curve = Curve(np.array([x.low]), np.array([1.0]))
    lines = tuple(
        Line(label="", server=server, proxy=proxy, kind=Kind.RESULT, named=False, curve=curve)
        for server, proxy in looks
    )
    picture = Picture(
        name="",
        title="",
        subtitle=(),
        notes=(),
        empty="",
        unit="",
        x=x,
        panels=tuple(Panel(title, lines) for title in titles),
        may_be_logarithmic=False,
    )
    return [part for part in spec_of(picture, STYLED)["vconcat"] if "layer" in part]


def _set_upright(part: Json, y: Axis, title: str) -> None:
    """Give a panel the axis of its figures."""
    scale = {"type": "log" if y.logarithmic else "linear", "domain": [y.low, y.high], "nice": False}
    for layer in part["layer"]:
        layer["encoding"].get("y", {})["scale"] = scale
    axis = part["layer"][0]["encoding"]["y"]["axis"]
    axis |= {"values": list(y.ticks), "title": printable(f"{title}: {y.title}" if title else y.title)}


def base_spec() -> Json:
    """What all charts of the page have in common."""
    axis = {
        "domainColor": STYLED.muted,
        "tickColor": STYLED.muted,
        "gridColor": STYLED.grid,
        "labelColor": STYLED.ink,
        "titleColor": STYLED.muted,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelOverlap": "greedy",
        "labelSeparation": 6,
    }
    config = {
        "font": FONT,
        "aria": False,  # the page has words of its own for each chart
        "view": {"stroke": None},
        "mark": {"invalid": "break-paths-filter-domains"},
        "axis": axis,
        "axisY": {"domain": False, "ticks": False, "labelPadding": 6},
    }
    return {"$schema": _SCHEMA, "background": None, "padding": 0, "config": config}


_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


def _panel(part: Json, picture: Picture, height: int, tick_label: str, *, zoom: bool) -> Json:
    corner, *layers = [layer for layer in part["layer"] if not layer["data"]["name"].startswith("labels-")]
    across = corner["encoding"]["x"]["axis"]
    if across is not None:
        _set_ticks(across, tick_label, zoom=zoom)
    for layer in layers:
        layer["mark"]["clip"] = True
        _add_fine(layer["encoding"])
        if layer["mark"]["type"] == "circle":
            _shape_dots(layer, picture)
    if zoom:
        for layer in (corner, *layers):
            layer["encoding"]["x"]["scale"]["domain"] = [{"expr": "from"}, {"expr": "till"}]
        layers.insert(0, _block_starts(corner["encoding"]["x"]))
    corner["data"] = {"values": [{"t": picture.x.low, "v": corner["encoding"]["y"]["scale"]["domain"][0]}]}
    return {"layer": [corner, *layers], "height": height, "width": _WIDTH}


def _add_fine(encoding: Json) -> None:
    """A kind of line that no picture has: in the shortest windows, so that it must be faint."""
    for channel, value in (("opacity", 0.28), ("strokeWidth", 0.8), ("size", 8)):
        if channel in encoding:
            scale = encoding[channel]["scale"]
            scale |= {"domain": [*scale["domain"], "fine"], "range": [*scale["range"], value]}


def _shape_dots(layer: Json, picture: Picture) -> None:
    """Where there are dots without lines, their shape says what the dash says, and they are large enough for that."""
    shapes = shapes_of(printable(line.proxy) for panel in picture.panels for line in panel.lines)
    layer["mark"] |= {"type": "point", "filled": True}
    scale = {"domain": list(shapes), "range": list(shapes.values())}
    layer["encoding"]["shape"] = {"field": "proxy", "type": "nominal", "legend": None, "scale": scale}
    size = layer["encoding"]["size"]["scale"]
    size["range"] = [
        _DOT_SIZE if kind == Kind.RESULT.value else each
        for kind, each in zip(size["domain"], size["range"], strict=True)
    ]


_DOT_SIZE = 52


def _set_ticks(across: Json, tick_label: str, *, zoom: bool) -> None:
    if tick_label:
        across["labelExpr"] = tick_label
    if zoom:
        across["values"] = {"expr": "sequence(ceil(from / step) * step, till + step / 1000, step)"}
        across["title"] = None
        across["labelExpr"] = _TIME_LABEL


_TIME_LABEL = "till - from > 600 ? format(datum.value / 60, ',.4~r') + ' min' : format(datum.value, ',.6~r') + ' s'"


def _block_starts(across: Json) -> Json:
    mark = {"type": "rule", "color": STYLED.grid, "clip": True}
    without_axis = {key: value for key, value in across.items() if key != "axis"}
    return {"data": {"name": "blocks"}, "mark": mark, "encoding": {"x": without_axis}}


def style_names(theme: Theme) -> Mapping[str, str]:
    """What ``STYLED`` names, in a theme: the page's custom properties."""
    series = {f"--series-{index}": colour for index, colour in enumerate(theme.colours)}
    return {"--background": theme.background, "--ink": theme.ink, "--muted": theme.muted, "--grid": theme.grid} | series
