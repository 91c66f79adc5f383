"""Latency figures from bucket counts (``model.recording``): of a whole, and window by window.

A percentile is the smallest latency that at least that share of the requests does not exceed: the inverse of the
empirical distribution function, definition 1 of Hyndman and Fan, "Sample Quantiles in Statistical Packages",
The American Statistician 50 (1996), 361-365; numpy calls it ``inverted_cdf``. It is always a latency that occurred, and
merging in requests that are all slower never lowers it. Buckets make it at most 1/2,048 off.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from wsgibench.model.recording import BUCKETS, OUTCOMES, Floats, Ints, Recording, SecondCounts, bucket_middle_s
from wsgibench.stats.ratios import ratios

PERCENTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999}
"""The share of the requests that each does not exceed."""
BEYOND_MIN = 10
"""A percentile beyond which fewer requests lie says more of chance than of the stack."""


def has_enough_beyond(requests: float, share: float) -> bool:
    """Whether ten of so many requests lie beyond the percentile of that share."""
    # Rounded: 1 - 0.999 is a little less than a thousandth.
    return bool(round(requests * (1 - share), 6) >= BEYOND_MIN)


def requests_for(share: float) -> int:
    """How many requests it takes until ten lie beyond the percentile of that share."""
    return ceil(round(BEYOND_MIN / (1 - share), 6))


def few_beyond(requests: float) -> tuple[str, ...]:
    """Names of the percentiles beyond which fewer than ten of so many requests lie."""
    return tuple(name for name, share in PERCENTILES.items() if not has_enough_beyond(requests, share))


def percentiles_s(totals: npt.ArrayLike, shares: npt.ArrayLike) -> Floats:
    """The latencies in seconds that these shares (0 to 1) of the requests do not exceed; NaN where there are none.

    ``totals`` are counts by bucket, shape (buckets,); the result has the shape of ``shares``.
    """
    cumulative = np.cumsum(np.asarray(totals, np.int64))
    wanted = np.asarray(shares, np.float64)
    if not cumulative.size or not cumulative[-1]:
        return np.full(wanted.shape, np.nan)
    return bucket_middle_s(np.searchsorted(cumulative, _rank(wanted, cumulative[-1])))


def count_beyond(totals: npt.ArrayLike, limit_s: float) -> int:
    """How many took longer than that, to a bucket. ``totals`` are counts by bucket, shape (buckets,)."""
    counts = np.asarray(totals, np.int64)
    return int(counts[bucket_middle_s(np.arange(len(counts))) > limit_s].sum())


def mean_s(recording: Recording) -> float:
    """The mean latency in seconds, exact; NaN where there is none."""
    count = int(recording.latency.count.sum())
    return float(recording.latency_sum_s.sum()) / count if count else float("nan")


def max_s(totals: npt.ArrayLike) -> float:
    """The greatest latency in seconds, to its bucket; NaN where there is none. ``totals`` are counts by bucket."""
    return float(percentiles_s(totals, 1.0))


@dataclass(frozen=True)
class LatencySeries:
    """Figures of consecutive windows of equal width; all of shape (windows,).

    Attributes:
        start_s: when each window begins, seconds since the start of the recording.
        requests: how many ended in it, however they ended.
        failures: those of them that did not end ``ok``.
        mean_s, p50_s, p90_s: of the latencies recorded in it; NaN where there are none.
    """

    start_s: Floats
    requests: Ints
    failures: Ints
    mean_s: Floats
    p50_s: Floats
    p90_s: Floats


def latency_series(recording: Recording, window_s: int = 1, *, cumulative: bool = False) -> LatencySeries:
    """The recording in windows of so many whole seconds; the last one may be cut short by its end.

    With ``cumulative`` each window stands for all from the start to its own end, as the article plotted it.
    """
    latency, outcomes = recording.latency, recording.outcomes
    seconds = max(
        len(recording.latency_sum_s), *(int(table.second.max(initial=-1)) + 1 for table in (latency, outcomes)), 0
    )
    windows = -(-seconds // window_s)
    ended = _by_window(outcomes, window_s, windows)
    good = _by_window(_only(outcomes, OUTCOMES.index("ok")), window_s, windows)
    counts = _by_window(latency, window_s, windows)
    sums = np.bincount(
        np.arange(len(recording.latency_sum_s)) // window_s, weights=recording.latency_sum_s, minlength=windows
    )
    if cumulative:
        ended, good, counts, sums = (np.cumsum(figures) for figures in (ended, good, counts, sums))
    percentiles = (_running if cumulative else _windowed)(latency, window_s, windows, np.array([0.5, 0.9]))
    return LatencySeries(
        start_s=np.arange(windows, dtype=np.float64) * window_s,
        requests=ended,
        failures=ended - good,
        mean_s=ratios(sums, counts),
        p50_s=percentiles[0],
        p90_s=percentiles[1],
    )


def _rank(share: Floats, count: npt.ArrayLike) -> Floats:
    """Which of the sorted latencies, counted from 1, stands for the share."""
    # Rounded first: 0.07 * 100 is 7.000000000000001, and the eighth of a hundred would be wrong.
    return np.asarray(np.maximum(np.ceil(np.round(share * np.asarray(count), 6)), 1))


def _only(table: SecondCounts, key: int) -> SecondCounts:
    chosen = table.key == key
    return SecondCounts(table.second[chosen], table.key[chosen], table.count[chosen])


def _by_window(table: SecondCounts, window_s: int, windows: int) -> Ints:
    counts = np.bincount(table.second // window_s, weights=table.count, minlength=windows)
    return np.rint(counts).astype(np.int64)


def _windowed(latency: SecondCounts, window_s: int, windows: int, shares: Floats) -> Floats:
    """Percentiles of each window; shape (shares, windows)."""
    # Sorted by window, then bucket, one running count serves all windows: a window's ranks begin where the one before
    # it ended.
    window = latency.second // window_s
    # Of windows of a second it is sorted as it is (SecondCounts), else in runs, of which a stable sort makes use.
    order = np.argsort(window * BUCKETS + latency.key, kind="stable") if window_s > 1 else np.arange(len(window))
    running = np.cumsum(latency.count[order])
    counts = _by_window(latency, window_s, windows)
    ranks = np.cumsum(counts) - counts + _rank(shares[:, np.newaxis], counts)
    rows = np.minimum(np.searchsorted(running, ranks), max(len(order) - 1, 0))
    values = bucket_middle_s(latency.key[order][rows]) if len(order) else np.full(rows.shape, np.nan)
    return np.where(counts > 0, values, np.nan)


def _running(latency: SecondCounts, window_s: int, windows: int, shares: Floats) -> Floats:
    """Percentiles of all from the start to the end of each window; shape (shares, windows)."""
    used, index = np.unique(latency.key, return_inverse=True)
    ends = np.searchsorted(latency.second, np.arange(1, windows + 1) * window_s)
    totals, begin = np.zeros(len(used), np.int64), 0
    values = np.full((len(shares), windows), np.nan)
    for window, end in enumerate(ends):
        totals += np.rint(np.bincount(index[begin:end], weights=latency.count[begin:end], minlength=len(used))).astype(
            np.int64
        )
        begin = end
        if begin:
            cumulative = np.cumsum(totals)
            values[:, window] = bucket_middle_s(used[np.searchsorted(cumulative, _rank(shares, cumulative[-1]))])
    return values
