"""Time cut into windows of equal width, and what happened in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from wsgibench.model.monitor import Sample
from wsgibench.model.recording import Floats, Ints, Recording
from wsgibench.model.trial import Turn
from wsgibench.stats.latency import latency_series
from wsgibench.stats.ratios import ratios

POINTS_MAX = 120
_WIDTHS_S = (1, 2, 3, 4, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600)


@dataclass(frozen=True)
class Curve:
    """A figure against seconds since the measured load began; both of shape (points,). NaN is a gap."""

    time_s: Floats
    value: Floats


def window_width_s(span_s: float, at_least_s: float = 1.0) -> int:
    """Whole seconds that cut the span into 60 to 120 windows; into fewer where they would be shorter than allowed."""
    for width in _WIDTHS_S:
        if width >= at_least_s and span_s <= POINTS_MAX * width:
            return width
    return ceil(max(span_s / POINTS_MAX, at_least_s))


@dataclass(frozen=True)
class Windows:
    """Windows of ``width_s`` over ``span_s``. A last one of which less than half is there is left out."""

    width_s: int
    span_s: float

    @property
    def count(self) -> int:
        """How many; at least one."""
        return max(int(self.span_s / self.width_s + 0.5), 1)

    @property
    def starts_s(self) -> Floats:
        """Shape (count,)."""
        return np.arange(self.count, dtype=np.float64) * self.width_s

    @property
    def ends_s(self) -> Floats:
        """Shape (count,); the last one may be the end of the span."""
        return np.minimum(self.starts_s + self.width_s, max(self.span_s, 0.0))

    @property
    def lengths_s(self) -> Floats:
        """How much of each there is; shape (count,)."""
        return self.ends_s - self.starts_s

    @property
    def middles_s(self) -> Floats:
        """Shape (count,)."""
        return (self.starts_s + self.ends_s) / 2


def recorded_curves(recording: Recording, windows: Windows, *, cumulative: bool) -> dict[str, Curve]:
    """Requests, failures, and median, mean and 90 % response time in ms, by the measure's name.

    Requests and failures are per second; with ``cumulative`` every point stands for all since the start.
    """
    series = latency_series(recording, windows.width_s, cumulative=cumulative)
    good = _counts(series.requests - series.failures, windows, cumulative=cumulative)
    failures = _counts(series.failures, windows, cumulative=cumulative)
    if not cumulative:
        good, failures = ratios(good, windows.lengths_s), ratios(failures, windows.lengths_s)
    time_s = windows.ends_s if cumulative else windows.middles_s
    return {
        "requests": Curve(time_s, good),
        "failures": Curve(time_s, failures),
        "median-response-time": Curve(time_s, _fit(series.p50_s * 1e3, windows.count, np.nan)),
        "mean-response-time": Curve(time_s, _fit(series.mean_s * 1e3, windows.count, np.nan)),
        "90-percent-response-time": Curve(time_s, _fit(series.p90_s * 1e3, windows.count, np.nan)),
    }


def turn_curves(turns: Sequence[Turn], start_s: float, windows: Windows, *, cumulative: bool) -> dict[str, Curve]:
    """Requests and failures of a load that came in turns: per second of load, not of the clock."""
    good = totals_of_turns(turns, start_s, windows, [turn.outcomes.get("ok", 0) for turn in turns])
    ended = totals_of_turns(turns, start_s, windows, [sum(turn.outcomes.values()) for turn in turns])
    failures = ended - good
    if cumulative:
        return {
            "requests": Curve(windows.ends_s, np.cumsum(good)),
            "failures": Curve(windows.ends_s, np.cumsum(failures)),
        }
    length_s = loaded_s(turns, start_s, windows)
    return {
        "requests": Curve(windows.middles_s, ratios(good, length_s)),
        "failures": Curve(windows.middles_s, ratios(failures, length_s)),
    }


def totals_of_turns(turns: Sequence[Turn], start_s: float, windows: Windows, figures: Sequence[float]) -> Floats:
    """A figure of each turn, added up by the window in which the turn began; shape (windows,)."""
    window = np.array([(turn.start_s - start_s) // windows.width_s for turn in turns], np.int64)
    window = np.clip(window, 0, windows.count - 1)
    return np.bincount(window, weights=figures, minlength=windows.count).astype(np.float64)


def loaded_s(turns: Sequence[Turn], start_s: float, windows: Windows) -> Floats:
    """Seconds of load in each window; shape (windows,)."""
    return totals_of_turns(turns, start_s, windows, [turn.duration_s for turn in turns])


def machine_curves(samples: Sequence[Sample], start_s: float, windows: Windows) -> dict[str, Curve]:
    """Load averages and free memory (GiB): the mean of each window's samples."""
    time_s = np.array([sample.time_s - start_s for sample in samples])
    inside = (time_s >= 0) & (time_s < windows.count * windows.width_s)
    window = (time_s[inside] // windows.width_s).astype(np.int64)

    def curve(figures: list[float | None]) -> Curve:
        values = np.array(figures, np.float64)[inside]
        seen = ~np.isnan(values)
        counts = np.bincount(window[seen], minlength=windows.count)
        sums = np.bincount(window[seen], weights=values[seen], minlength=windows.count)
        return Curve(windows.middles_s, ratios(sums, counts))

    return {
        "load-average-1min": curve([sample.load_1min for sample in samples]),
        "load-average-5min": curve([sample.load_5min for sample in samples]),
        "free-memory": curve(
            [None if sample.memory_free_bytes is None else sample.memory_free_bytes / 2**30 for sample in samples]
        ),
    }


def _counts(counts: Ints, windows: Windows, *, cumulative: bool) -> Floats:
    """Nothing was recorded beyond the end of the counts: so none came, or all stays as it was."""
    beyond = float(counts[-1]) if cumulative and len(counts) else 0.0
    return _fit(counts.astype(np.float64), windows.count, beyond)


def _fit(values: Floats, count: int, beyond: float) -> Floats:
    """As many values as there are windows: what ended in the drain after the last one is left out."""
    fitted = np.full(count, beyond)
    fitted[: len(values)] = values[:count]
    return fitted
