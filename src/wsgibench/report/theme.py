"""Colours, dashes and type, on light and on dark."""

from collections.abc import Iterable
from dataclasses import dataclass

from wsgibench.model.stack import DIRECT, Stack

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""vl-convert brings the first with it; all have the same widths, so that nothing moves from one machine to another."""

_FAMILIES = (
    ("uwsgi",),
    ("gunicorn", "gunicorn-gthread", "gunicorn-gevent", "gunicorn-asgi", "gunicorn-uvicorn", "gunicorn-uwsgi"),
    ("uwsgi-http", "uwsgi-http-socket"),
    ("werkzeug",),
    ("granian", "granian-asgi"),
    ("uvicorn", "hypercorn", "daphne"),
    ("waitress", "cheroot"),
    ("bjoern",),
)
"""Servers of a family have a colour in common, the same in every run; dash and shape tell its members apart.

First those of the article, in the colours that are easiest to tell apart; then those in Rust, of ASGI, with threads,
in C.
"""

_DOTTED, _SOLID = (2, 3), (1, 0)
_SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-left", "triangle-right")
_OTHER_DASHES = (
    *((8, 4), (8, 3, 2, 3), (14, 4), (4, 2), (14, 3, 2, 3, 2, 3), (5, 5)),
    *((2, 6), (10, 8), (16, 3, 4, 3), (5, 2, 2, 2), (20, 5), (10, 2, 2, 2, 2, 2, 2, 2)),
)


@dataclass(frozen=True)
class Theme:
    """How pictures look.

    ``colours`` have the hues of Okabe and Ito, "Color Universal Design" (2008), which people with any kind of colour
    vision tell apart, and a violet, so that every family of servers that comes with us has its own. Their lightness was
    searched anew for this background: each has a contrast of 3 to 1 against it (WCAG 2.2, 1.4.11), text has 4.5 to 1,
    and any two, the grey of ``muted`` included, keep their distance when seen with protanopia, deuteranopia and
    tritanopia (Machado, Oliveira and Fernandes 2009); the first four the most.
    """

    name: str
    background: str
    ink: str
    muted: str
    grid: str
    colours: tuple[str, ...]

    def colours_of(self, servers: Iterable[str]) -> dict[str, str]:
        """A colour for each server: its family's; one of nobody's in this run for others' servers, as far as there are.

        When there are more than colours, they come again: labels tell.
        """
        names = set(servers)
        found = {name: self.colours[index] for index, family in enumerate(_FAMILIES) for name in family}
        others = sorted(names - set(found))
        taken = {found[name] for name in names if name in found}
        free = [colour for colour in reversed(self.colours) if colour not in taken] or self.colours[::-1]
        first = {family[0]: found[family[0]] for family in _FAMILIES[:4]}
        return first | {name: found.get(name) or free[others.index(name) % len(free)] for name in sorted(names)}


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


def way_of(stack: Stack, *, suffixed: bool) -> str:
    """What tells its lines from others of the same colour: proxy, variant, and which member of the family it is.

    ``suffixed``: and what its suffix sets, in runs with a curve: there stacks with different workers share a panel.
    """
    family = next((family for family in _FAMILIES if stack.server in family), None)
    # Who belongs to no family may have to share a colour with anybody.
    member = stack.server if family is None else family.index(stack.server)
    return f"{stack.way}{f'/{member}' if member else ''}{stack.suffix if suffixed else ''}"


def dashes_of(proxies: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """A dash for each proxy: direct dotted, nginx solid as in the article, further ones and variants dashed."""
    others = sorted(set(proxies) - {DIRECT, "nginx"})
    return {
        DIRECT: _DOTTED,
        "nginx": _SOLID,
        **{name: _OTHER_DASHES[index % len(_OTHER_DASHES)] for index, name in enumerate(others)},
    }


def shapes_of(proxies: Iterable[str]) -> dict[str, str]:
    """A shape for each proxy, by Vega's names: direct round, nginx square, further ones and variants otherwise."""
    names = dict.fromkeys((DIRECT, "nginx", *sorted(set(proxies))))
    return {name: _SHAPES[index % len(_SHAPES)] for index, name in enumerate(names)}
