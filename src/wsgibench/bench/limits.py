"""Limits, from what the user wrote."""

import re
from collections.abc import Sequence

from wsgibench.errors import UnknownNameError, UsageError
from wsgibench.model.curve import ERRORS, Limit
from wsgibench.stats.latency import PERCENTILES
from wsgibench.units import parse_duration, parse_share

DEFAULT = ("p99 < 100ms", "errors < 0.1%")
_LIMIT = re.compile(r"\s*(?P<figure>[\w.]+)\s*<\s*(?P<most>[\d.]+)\s*(?P<unit>[a-z%]*)\s*", re.ASCII)
_AS_WRITTEN = {"p99.9": "p999"}
"""Other names of figures. Without their dot others would be percentiles, too: ``p9.9`` the p99."""
_HINT = "Write it as 'p99 < 100ms' or 'errors < 0.1%'."
_SHOWN_MOST = 60
_SHARE_MOST = 0.25
_TIME_MOST_S = 60.0


def limits_of(texts: Sequence[str]) -> tuple[Limit, ...]:
    """The limits; those of ``DEFAULT`` about figures that none of the texts is about stand beside them.

    Raises:
        UsageError: one is no limit, has no unit or makes no sense, or two are about the same figure.
    """
    given = [limit_of(text) for text in texts]
    figures = [limit.figure for limit in given]
    if twice := [figure for figure in figures if figures.count(figure) > 1]:
        raise UsageError(f"There are two limits of {twice[0]}.", "Give the stricter one.")
    of_times = [limit for limit in given if not limit.is_of_errors]
    beside = [
        limit
        for limit in map(limit_of, DEFAULT)
        if limit.figure not in figures and (limit.is_of_errors or not of_times)
    ]
    return (*given, *beside)


def limit_of(text: str) -> Limit:
    """The limit.

    Raises:
        UsageError: it is none, has no unit, or makes no sense.
        UnknownNameError: there is no such percentile.
    """
    match = _LIMIT.fullmatch(text)
    if not match:
        raise UsageError(f"'{text[:_SHOWN_MOST]}' is no limit.", _HINT)
    figure = _AS_WRITTEN.get(match["figure"], match["figure"])
    if figure != ERRORS and figure not in PERCENTILES:
        raise UnknownNameError("figure with a limit", match["figure"][:_SHOWN_MOST], [*PERCENTILES, ERRORS])
    unit = "a percent sign: errors < 0.1%" if figure == ERRORS else f"a unit: {figure} < {match['most']}ms"
    if not match["unit"] or (match["unit"] == "%") != (figure == ERRORS):
        raise UsageError(f"The limit '{text.strip()[:_SHOWN_MOST]}' has no unit that fits.", f"Give it {unit}.")
    written = match["most"] + match["unit"]
    most = parse_share(written) if figure == ERRORS else parse_duration(written)
    share = most if figure == ERRORS else round(1 - PERCENTILES[figure], 6)
    if figure == ERRORS and not 0 < most <= _SHARE_MOST:
        raise UsageError(
            f"The limit '{text.strip()}' is none: of no request it cannot be told, and a quarter is the most.", _HINT
        )
    if figure != ERRORS and most > _TIME_MOST_S:
        raise UsageError(f"The limit '{text.strip()}' is longer than a minute, beyond which nothing is timed.", _HINT)
    return Limit(figure=figure, most=most, share=share, text=f"{figure} < {written}")
