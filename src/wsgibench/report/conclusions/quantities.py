"""Figures and ratios in words."""

from math import floor, log10

from wsgibench.model.objective import Objective
from wsgibench.units import format_size

_TINY = 0.005
"""Ratios below it would round to nothing."""

_SMALLEST, _GREATEST = 1e-6, 1e12
"""Nobody counts the zeros beyond."""


def figure(value: float, objective: Objective) -> str:
    """``4,070/s``, ``12.3 ms``, ``0.412 s``, ``182 MiB``: three significant digits."""
    if objective.unit == "bytes":
        return format_size(value)
    if objective.unit == "s":
        return f"{significant(value * 1e3)} ms"
    return f"{significant(value)}{'/s' if objective.unit == '1/s' else ' s'}"


def interval(low: float | None, high: float | None, objective: Objective) -> str:
    """``(3,980 to 4,160)``; empty where there is none."""
    if low is None or high is None:
        return ""
    if objective.unit == "bytes":
        return f"({format_size(low)} to {format_size(high)})"
    scale = 1e3 if objective.unit == "s" else 1.0
    return f"({significant(low * scale)} to {significant(high * scale)})"


def significant(value: float) -> str:
    """Three significant digits, thousands set apart: ``4,070``, ``12.3``, ``0.0412``, ``1.20e+15``."""
    if value == 0:
        return "0"
    if not _SMALLEST <= abs(value) < _GREATEST:
        return f"{value:.2e}"
    digits = 2 - floor(log10(abs(value)))
    rounded = round(value, digits)
    # Rounding may have made it a digit longer: 9.996 is 10.0.
    digits = max(2 - floor(log10(abs(rounded))), 0)
    return f"{rounded:,.{digits}f}"


def microseconds(seconds: float) -> str:
    """``24.1``, without a unit."""
    return significant(seconds * 1e6)


def percent(share: float) -> str:
    """``43 %``, ``0.4 %``: whole, below 1 with a digit."""
    size = abs(share) * 100
    return f"{_bare(size)} %"


def change(ratio: float, low: float | None = None, high: float | None = None) -> str:
    """How far a ratio is from 1, with its interval: ``43 % [41, 45]``; from 2 on ``3.2 times [2.9, 3.5]``."""
    if ratio >= 2:
        bounds = "" if low is None or high is None else f" [{significant(low)}, {significant(high)}]"
        return f"{significant(ratio)} times{bounds}"
    if ratio < _TINY:
        return "over 99 %"
    text = percent(ratio - 1)
    if low is None or high is None:
        return text
    sign = 1 if ratio >= 1 else -1
    ends = sorted((sign * (low - 1) * 100, sign * (high - 1) * 100))
    return f"{text} [{_bare(ends[0])}, {_bare(ends[1])}]"


def _bare(size: float) -> str:
    text = f"{size:.1f}" if abs(size) < 0.95 else f"{size:.0f}"
    return "0" if text in {"0.0", "-0.0"} else text
