"""Percentiles of histograms with intervals from blocks."""

import numpy as np
import pytest

from wsgibench.model.recording import BUCKETS, bucket_of
from wsgibench.stats.bootstrap import percentile_intervals

SHARES = [0.5, 0.9, 0.99]


def counts_of(latencies_s: np.ndarray) -> np.ndarray:
    """Histograms of latencies, shape (blocks, requests)."""
    return np.stack([np.bincount(bucket_of(block), minlength=BUCKETS) for block in latencies_s])


def blocks_of(seed: int, blocks: int, requests: int = 400, between: float = 0.1) -> np.ndarray:
    random = np.random.default_rng(seed)
    return 0.01 * np.exp(random.normal(0, 0.5, (blocks, requests)) + random.normal(0, between, (blocks, 1)))


def test_the_value_is_the_percentile_of_all_requests():
    """Merged, not averaged: as numpy has it of the raw latencies, within a bucket."""
    latencies = blocks_of(1, 6)
    found = percentile_intervals(counts_of(latencies), SHARES)
    assert found.value_s == pytest.approx(np.quantile(latencies, SHARES, method="inverted_cdf"), rel=1 / 1024)
    assert (found.low_s <= found.value_s).all()
    assert (found.value_s <= found.high_s).all()


def test_ends_are_those_of_a_bootstrap_of_raw_latencies():
    """Drawing blocks of raw latencies, by numpy alone, comes to the same interval."""
    latencies = blocks_of(2, 8)
    found = percentile_intervals(counts_of(latencies), 0.9, error=0.3)
    random = np.random.default_rng(3)
    drawn = [np.quantile(latencies[random.integers(0, 8, 8)], 0.9) for _ in range(2000)]
    tail = 0.1213  # of the standard normal at sqrt(8 / 7) times Student's 15 % quantile with 7 degrees of freedom
    assert (found.low_s, found.high_s) == pytest.approx(tuple(np.quantile(drawn, [tail, 1 - tail])), rel=0.01)


def test_blocks_alike_leave_no_doubt():
    """The same histogram in every block: the interval is one value."""
    found = percentile_intervals(np.tile(counts_of(blocks_of(4, 1)), (5, 1)), SHARES)
    assert found.low_s.tolist() == found.value_s.tolist() == found.high_s.tolist()


def test_the_same_seed_draws_the_same():
    """And another one draws differently."""
    counts = counts_of(blocks_of(5, 12))
    one, again, other = (percentile_intervals(counts, SHARES, seed=seed, error=0.4) for seed in (1, 1, 2))
    assert one.low_s.tolist() == again.low_s.tolist()
    assert (one.low_s.tolist(), one.high_s.tolist()) != (other.low_s.tolist(), other.high_s.tolist())


@pytest.mark.parametrize("blocks", [0, 1])
def test_one_block_has_no_interval(blocks):
    """A percentile, but NaN for its interval; blocks without requests do not count."""
    counts = np.vstack([counts_of(blocks_of(6, 1))[:blocks], np.zeros((2, BUCKETS), int)])
    found = percentile_intervals(counts, SHARES)
    assert np.isfinite(found.value_s).all() == bool(blocks)
    assert np.isnan(found.low_s).all()
    assert np.isnan(found.high_s).all()


@pytest.mark.parametrize("blocks", [5, pytest.param(12, marks=pytest.mark.long)])
def test_intervals_cover_the_median(blocks):
    """Blocks that differ by 10 %: the 95 % interval holds the true median, 10 ms, in nearly 95 % of runs."""
    held = 0
    for seed in range(200):
        found = percentile_intervals(counts_of(blocks_of(seed, blocks, requests=100)), 0.5)
        held += bool(found.low_s <= 0.01 <= found.high_s)
    assert held / 200 > 0.88
