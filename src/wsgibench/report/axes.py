"""Where a figure stands on an axis: limits, ticks, and position."""

from dataclasses import dataclass
from math import ceil, floor, log, log10

_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_TICKS_MAX = 8
_WIDE = 30
"""Figures so many times apart are not seen together on a linear axis."""
_STEPS = 5
"""Between ticks, about."""
_MARGIN = 0.04
"""Left free beyond the highest and lowest figure."""
_FROM_ZERO = 0.5
"""An axis begins at zero unless all that it shows lies in its upper half."""

_SAME = 1e-9
"""Figures that differ by a smaller share are one: ticks between them would be no numbers that can be told apart."""


@dataclass(frozen=True)
class Axis:
    """Limits and ticks in the figure's own unit."""

    title: str
    low: float
    high: float
    ticks: tuple[float, ...]
    logarithmic: bool = False

    def share(self, value: float) -> float:
        """How far along the axis the value is: 0 at its low end, 1 at its high end."""
        if self.logarithmic:
            return log(value / self.low) / log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def value(self, share: float) -> float:
        """The inverse of ``share``."""
        if self.logarithmic:
            return float(self.low * (self.high / self.low) ** share)
        return self.low + share * (self.high - self.low)


def figure_axis(title: str, low: float, high: float, *, may_be_logarithmic: bool = False) -> Axis:
    """An axis for figures, none of them below zero, from ``low`` to ``high``."""
    if may_be_logarithmic and low > 0 and high > _WIDE * low:
        return _logarithmic(title, low, high)
    return _linear(title, 0.0 if low < _FROM_ZERO * high or high <= 0 else low, high)


def time_axis(span_s: float) -> Axis:
    """Seconds since the start of the measured load."""
    title = "seconds since the start of the measured load"
    step = next((step for step in _STEPS_S if span_s <= step * _TICKS_MAX), ceil(span_s / _TICKS_MAX))
    high = max(span_s, 1.0)
    return Axis(title, 0.0, high, tuple(float(tick) for tick in range(0, int(high) + 1, step)))


def workers_axis(counts: list[int]) -> Axis:
    """Numbers of workers, at least two of them; logarithmic, as twice as many is what one tries next."""
    low, high = min(counts), max(counts)
    title = "workers" if len(counts) == 2 else "workers (logarithmic)"
    return Axis(title, low / (high / low) ** 0.05, high, tuple(float(count) for count in counts), logarithmic=True)


def rate_axis(low: float, high: float) -> Axis:
    """Requests/s that were asked for; logarithmic, as the rates were chosen."""
    return _logarithmic("requests/s asked for", low, max(high, low * 1.5))


def _linear(title: str, low: float, high: float) -> Axis:
    spread = high - low
    if spread <= _SAME * abs(high):
        spread = max(abs(high) * 0.1, 1.0)
    bottom, top = (low - _MARGIN * spread if low > 0 else 0.0), low + (1 + _MARGIN) * spread
    rough = spread / _STEPS
    magnitude = 10.0 ** floor(log10(rough))
    step = next(factor * magnitude for factor in (1, 2, 2.5, 5, 10) if factor * magnitude >= rough)
    ticks = tuple(round(index * step, 12) for index in range(ceil(bottom / step), floor(top / step) + 1))
    return Axis(title if bottom == 0 else f"{title} (does not begin at 0)", bottom, top, ticks)


def _logarithmic(title: str, low: float, high: float) -> Axis:
    factors = (1, 2, 5) if high < 1000 * low else (1,)
    margin = (high / low) ** _MARGIN
    bottom, top = low / margin, high * margin
    exponents = range(floor(log10(bottom)), ceil(log10(top)) + 1)
    ticks = (round(factor * 10.0**exponent, 12) for exponent in exponents for factor in factors)
    shown = tuple(tick for tick in ticks if bottom <= tick <= top)
    return Axis(f"{title} (logarithmic)", bottom, top, shown, logarithmic=True)
