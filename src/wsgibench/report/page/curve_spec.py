"""The specification of response times against requests/s."""

from copy import deepcopy

from wsgibench.report.lines import Picture
from wsgibench.report.page.chart import Json
from wsgibench.report.page.specification import STYLED, page_spec

_HEIGHT = 230


def curve_spec(picture: Picture) -> Json:
    """The lines, their bands beneath, the limit across and the capacities on it; all from the page's script.

    Raises:
        MissingError: altair is not installed.
    """
    spec = page_spec(picture, height=_HEIGHT)
    spec["params"].append({"name": "limit", "value": 1})
    panel = spec["vconcat"][0]
    corner, *lines = panel["layer"]
    x, y = (
        {key: deepcopy(value) for key, value in corner["encoding"][side].items() if key != "axis"}
        for side in ("x", "y")
    )
    colour = deepcopy(lines[0]["encoding"]["color"])
    colour.pop("condition", None)
    band: Json = {
        "data": {"name": "bands"},
        "mark": {"type": "area", "opacity": 0.16, "clip": True},
        "encoding": {
            "x": {**x, "field": "t"},
            "y": {**y, "field": "low"},
            "y2": {"field": "high"},
            "detail": {"field": "stack", "type": "nominal"},
            "color": colour,
        },
    }
    limit: Json = {
        "data": {"values": [{}]},
        "mark": {"type": "rule", "strokeDash": [6, 4], "strokeWidth": 1.5, "color": STYLED.ink, "clip": True},
        "encoding": {"y": {**y, "datum": {"expr": "limit"}}},
    }
    limit["encoding"]["y"].pop("field", None)
    marks: Json = {"data": {"name": "capacities"}, "encoding": {"color": colour, "y": {**y, "field": "limit"}}}
    interval = {
        **deepcopy(marks),
        "mark": {"type": "rule", "strokeWidth": 6, "opacity": 0.5, "strokeCap": "round", "clip": True},
    }
    interval["encoding"] |= {"x": {**x, "field": "low"}, "x2": {"field": "high"}}
    dot = {**deepcopy(marks), "mark": {"type": "point", "filled": True, "size": 110, "opacity": 1, "clip": True}}
    dot["encoding"]["x"] = {**x, "field": "rate"}
    grown: Json = {
        "data": {"name": "grown"},
        "mark": {"type": "point", "shape": "triangle-down", "size": 120, "strokeWidth": 1.8, "opacity": 1},
        "encoding": {"x": x, "y": y, "color": colour},
    }
    panel["layer"] = [corner, band, *lines, grown, limit, interval, dot]
    return spec
