"""Colours, dashes and type, on light and on dark."""

from collections.abc import Iterable
from dataclasses import dataclass

from wsgibench.model.stack import DIRECT

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""vl-convert brings the first with it; all have the same widths, so that nothing moves from one machine to another."""

_FIRST = ("uwsgi", "gunicorn", "uwsgi-http", "werkzeug")
"""The article's servers have the colours that are easiest to tell apart, the same in every run."""

_DOTTED, _SOLID = (2, 3), (1, 0)
_SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down")
_OTHER_DASHES = ((8, 4), (8, 3, 2, 3), (14, 4), (4, 2), (14, 3, 2, 3, 2, 3), (5, 5))


@dataclass(frozen=True)
class Theme:
    """How pictures look.

    ``colours`` have the hues of Okabe and Ito, "Color Universal Design" (2008), which people with any kind of colour
    vision tell apart, and a violet, so that every server that comes with us has its own. Their lightness was searched
    anew for this background: each has a contrast of 3 to 1 against it (WCAG 2.2, 1.4.11), text has 4.5 to 1, and any
    two, the grey of ``muted`` included, keep their distance when seen with protanopia, deuteranopia and tritanopia
    (Machado, Oliveira and Fernandes 2009); the first four the most.
    """

    name: str
    background: str
    ink: str
    muted: str
    grid: str
    colours: tuple[str, ...]

    def colours_of(self, servers: Iterable[str]) -> dict[str, str]:
        """A colour for each server. When there are more than colours, they come again: labels tell."""
        names = [*_FIRST, *sorted(set(servers) - set(_FIRST))]
        return {name: self.colours[place % len(self.colours)] for place, name in enumerate(names)}


LIGHT = Theme(
    name="light",
    background="#ffffff",
    ink="#1d2126",
    muted="#6a7078",
    grid="#e6e8eb",
    colours=("#0096eb", "#691e00", "#156b4e", "#cd66a1", "#7d5000", "#00405f", "#918a20", "#6c18c0"),
)
DARK = Theme(
    name="dark",
    background="#14171c",
    ink="#e8eaed",
    muted="#9aa1ab",
    grid="#2c3139",
    colours=("#12a0f5", "#ff843d", "#53fcc1", "#b86795", "#f0be72", "#89c6ec", "#888011", "#4e4ee4"),
)
THEMES = (LIGHT, DARK)


def dashes_of(proxies: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """A dash for each proxy: direct dotted, nginx solid as in the article, further ones and variants dashed."""
    others = sorted(set(proxies) - {DIRECT, "nginx"})
    return {
        DIRECT: _DOTTED,
        "nginx": _SOLID,
        **{name: _OTHER_DASHES[place % len(_OTHER_DASHES)] for place, name in enumerate(others)},
    }


def shapes_of(proxies: Iterable[str]) -> dict[str, str]:
    """A shape for each proxy, by Vega's names: direct round, nginx square, further ones and variants otherwise."""
    names = dict.fromkeys((DIRECT, "nginx", *sorted(set(proxies))))
    return {name: _SHAPES[place % len(_SHAPES)] for place, name in enumerate(names)}
