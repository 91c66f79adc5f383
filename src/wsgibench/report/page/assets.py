"""Style and scripts of the page, and the policy that lets these alone run."""

import base64
import hashlib
import json
from collections.abc import Iterable
from functools import cache
from importlib import metadata, resources
from typing import Any

from wsgibench.errors import MissingError
from wsgibench.report.page.specification import style_names
from wsgibench.report.theme import DARK, LIGHT, Theme
from wsgibench.user_cache import kept

STYLES = (
    "tokens.css",
    "words.css",
    "layout.css",
    "first.css",
    "tables.css",
    "winners.css",
    "facts.css",
    "charts.css",
    "curve.css",
    "print.css",
)
SCRIPTS = (
    "view.js",
    "folding.js",
    "theme.js",
    "tables.js",
    "files.js",
    "points.js",
    "curve.js",
    "flame.js",
    "lead.js",
    "drawing.js",
    "pointer.js",
    "controls.js",
    "live.js",
)
"""In this order one script, in one scope."""

_VEGA_LITE = "6.4"
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def style() -> str:
    """The whole style, the colours of both themes in it."""
    light, dark = _properties(LIGHT), _properties(DARK)
    themes = (
        f":root {{ color-scheme: light; {light} }}\n"
        f"@media screen {{ :root[data-theme='dark'] {{ color-scheme: dark; {dark} }} }}\n"
        "@media screen and (prefers-color-scheme: dark) {\n"
        f":root:not([data-theme='light']) {{ color-scheme: dark; {dark} }} }}\n"
    )
    return themes + "\n".join(_text(name) for name in STYLES)


def early_script() -> str:
    """What must run before anything is seen."""
    return _text("early.js")


def script() -> str:
    """What makes the page live."""
    return '"use strict";\n(() => {\n' + "\n".join(_text(name) for name in SCRIPTS) + "\n})();"


@cache
def vega() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script that needs nothing else.

    To make it takes three seconds of CPU: it is kept for each version of vl-convert.

    Raises:
        MissingError: vl-convert is not installed.
    """
    try:
        version = metadata.version("vl-convert-python")
    except metadata.PackageNotFoundError as exc:
        raise MissingError(
            "Charts need 'vl_convert', which is not installed.", "pip install 'wsgibench[pictures]'"
        ) from exc
    bundle = kept(f"vega-{_VEGA_LITE}-{version}.js", _bundle)
    # Neither may stand in a script element; within JavaScript's strings the backslash means nothing.
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _bundle() -> str:
    # Imported here: large, and optional.
    import vl_convert  # noqa: PLC0415

    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=_VEGA_LITE)
    return bundle


def policy(*, styles: Iterable[str], scripts: Iterable[str], live: bool) -> str:
    """The Content-Security-Policy: nothing from anywhere but what is given here, and no code out of text."""
    parts = [
        "default-src 'none'",
        f"script-src {' '.join(map(_hash, scripts))}",
        f"style-src {' '.join(map(_hash, styles))}",
        "img-src data: blob:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join([*parts, "connect-src 'self'"] if live else parts)


def as_json(value: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    """JSON that may stand in a script element, whatever is in it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_ESCAPES)


def _properties(theme: Theme) -> str:
    return " ".join(f"{name}: {colour};" for name, colour in style_names(theme).items())


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _text(name: str) -> str:
    return resources.files(__package__).joinpath("assets", name).read_text(encoding="utf-8")
