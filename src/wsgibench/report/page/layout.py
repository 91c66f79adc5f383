"""What every page has: one self-contained HTML document with its style, script, charts, files and policy."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from wsgibench.errors import MissingError
from wsgibench.report.page import assets
from wsgibench.report.page.chart import Chart, Json
from wsgibench.units import counted

_ENVIRONMENT = Environment(
    loader=PackageLoader(__package__, "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_UNIT = re.compile(r"(?<=[\dA-Z]) (?=(?:%|ms|s|min|h|MiB|GiB)(?!\w))")
_OPTION = re.compile(r"(--[a-z][a-z-]*)")


def _unbroken(text: str) -> Markup:
    """The text, in which no line ends between a figure and its unit, or within the name of an option."""
    kept = _UNIT.sub("\N{NO-BREAK SPACE}", str(escape(text)))
    return Markup(_OPTION.sub(r'<span class="option">\1</span>', kept))  # noqa: S704 - escaped above


def _breakable(text: str) -> Markup:
    """The text, in which a line may end within the name of a stack, after ``+`` or before ``:``."""
    return Markup(str(escape(text)).replace("+", "+<wbr>").replace(":", "<wbr>:"))  # noqa: S704 - escaped above


_ENVIRONMENT.filters["counted"] = counted
_ENVIRONMENT.filters["unbroken"] = _unbroken
_ENVIRONMENT.filters["breakable"] = _breakable


@dataclass(frozen=True)
class Drawn:
    """Charts for the script, and Vega's own; or why there are none."""

    charts: list[Json]
    vega: str
    missing: str = ""


def rendered(
    template: str,
    charts: Sequence[Chart],
    files: Mapping[str, Mapping[str, str]],
    time: Json,
    *,
    live: bool = False,
    **shown: Any,  # noqa: ANN401 - whatever the template shows
) -> str:
    """The template, one that extends ``layout.html.j2``, as a page.

    ``files`` are media type and text by name, ``time`` says when the blocks were.
    """
    drawn = _drawn(charts)
    return _ENVIRONMENT.get_template(template).render(
        **_frame(drawn.vega, live=live),
        missing=drawn.missing,
        files=_block("files-data", files),
        charts=_block("charts-data", {"charts": drawn.charts, "run": time}),
        **shown,
    )


def _drawn(charts: Sequence[Chart]) -> Drawn:
    """What the script draws and with what; without the libraries for it nothing."""
    try:
        return Drawn([chart.for_script() for chart in charts], assets.vega())
    except MissingError as exc:
        return Drawn([], "", f"{exc.message} {exc.hint}")


def _frame(vega: str, *, live: bool) -> Json:
    """Style, scripts and policy."""
    style, early, script = assets.style(), assets.early_script(), assets.script()
    policy = assets.policy(styles=[style], scripts=[early, vega, script], live=live)
    # Our own, or made by vl-convert, and allowed by the hash of every letter: not to be escaped.
    trusted = {"style": style, "early": early, "vega": vega, "script": script}
    return {"policy": policy, "live": live, **{name: Markup(text) for name, text in trusted.items()}}  # noqa: S704


def _block(name: str, value: Any) -> Markup:  # noqa: ANN401 - whatever JSON can hold
    # as_json leaves no character that HTML would act on.
    return Markup(f'<script type="application/json" id="{name}">{assets.as_json(value)}</script>')  # noqa: S704
