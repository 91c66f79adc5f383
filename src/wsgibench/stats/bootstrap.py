"""Percentiles of merged histograms with intervals: blocks are drawn again, because blocks are what is independent."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wsgibench.model.recording import Floats, bucket_middle_s
from wsgibench.stats.distributions import normal_below, t_quantile
from wsgibench.stats.latency import percentiles_s

_DRAWS = 2_000


@dataclass(frozen=True)
class PercentileIntervals:
    """Latencies in seconds, all of the shape of the shares asked for; NaN where there are no requests.

    ``low_s`` and ``high_s`` are NaN too where there are fewer than two blocks with requests.
    """

    value_s: Floats
    low_s: Floats
    high_s: Floats


def percentile_intervals(
    counts: npt.ArrayLike, shares: npt.ArrayLike, *, error: float = 0.05, seed: int = 0
) -> PercentileIntervals:
    """Percentiles of all blocks together, each with an interval that misses the truth with probability ``error``.

    Args:
        counts: requests by block and bucket (``model.recording``), shape (blocks, buckets).
        shares: 0 to 1.
        error: of each interval by itself, not of all together.
        seed: the same seed draws the same blocks.

    Requests within a block are far from independent, so whole blocks are drawn. Of few blocks the drawn percentiles lie
    too close together; so their outer ones are taken, by Student's quantile and n / (n - 1).
    Sources: A. C. Davison, D. V. Hinkley, Bootstrap Methods and their Application (1997), section 3.8 (clusters);
    T. C. Hesterberg, "What Teachers Should Know About the Bootstrap", The American Statistician 69 (2015), 371-386
    (expanded percentile intervals).
    """
    table = np.asarray(counts, dtype=np.int64)
    wanted = np.asarray(shares, dtype=np.float64)
    value = percentiles_s(table.sum(axis=0), wanted)
    table = table[table.any(axis=1)]
    blocks = len(table)
    if blocks < 2:
        nothing = np.full(wanted.shape, np.nan)
        return PercentileIntervals(value, nothing, nothing)
    tail = normal_below(np.sqrt(blocks / (blocks - 1)) * t_quantile(blocks - 1, error / 2))
    drawn = _drawn_percentiles(table, wanted.ravel(), np.random.default_rng(seed))
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0, method="nearest")
    return PercentileIntervals(value, low.reshape(wanted.shape), high.reshape(wanted.shape))


def _drawn_percentiles(table: npt.NDArray[np.int64], shares: Floats, random: np.random.Generator) -> Floats:
    """Percentiles of as many blocks, drawn with replacement; shape (draws, shares)."""
    used = np.flatnonzero(table.any(axis=0))
    cumulative = np.cumsum(table[:, used], axis=1).astype(np.float64)
    times = random.multinomial(len(table), np.full(len(table), 1 / len(table)), size=_DRAWS).astype(np.float64)
    # The counts are whole and far below 2**53, so the products are exact.
    positions = np.empty((_DRAWS, len(shares)), dtype=np.int64)
    for draw, row in enumerate(times):
        running = row @ cumulative
        positions[draw] = np.searchsorted(running, np.maximum(np.ceil(np.round(shares * running[-1], 6)), 1))
    return bucket_middle_s(used[positions])
