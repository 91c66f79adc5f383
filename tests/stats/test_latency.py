"""Latency figures from buckets, held against numpy on the raw latencies."""

import time

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

from wsgibench.model.recording import BUCKETS, OUTCOMES, Recording, SecondCounts, bucket_of
from wsgibench.stats.latency import (
    BEYOND_MIN,
    PERCENTILES,
    few_beyond,
    has_enough_beyond,
    latency_series,
    max_s,
    mean_s,
    percentiles_s,
    requests_for,
)

latencies = arrays(np.float64, st.integers(1, 200), elements=st.floats(2e-3, 59.0))
shares = st.floats(0.0, 1.0)
TOLERANCE = {"rtol": 1e-3, "atol": 1e-6}


def totals(latencies_s):
    return np.bincount(bucket_of(latencies_s), minlength=BUCKETS)


def record(second, latency_s, outcome=None):
    second = np.asarray(second)
    outcome = np.zeros_like(second) if outcome is None else np.asarray(outcome)
    timed = np.isin(outcome, [OUTCOMES.index("ok"), OUTCOMES.index("timeout")])
    return Recording(
        0.0,
        latency=SecondCounts.gather(second[timed], bucket_of(np.asarray(latency_s)[timed])),
        outcomes=SecondCounts.gather(second, outcome),
        latency_sum_s=np.bincount(second[timed], weights=np.asarray(latency_s)[timed]),
    )


@given(latencies, shares)
def test_percentiles_are_numpys_to_a_thousandth(latencies_s, share):
    expected = np.quantile(latencies_s, share, method="inverted_cdf")
    np.testing.assert_allclose(percentiles_s(totals(latencies_s), share), expected, **TOLERANCE)


@pytest.mark.parametrize("count", [1, 2, 10, 100, 1000, 12_345])
def test_the_rank_is_exact_whatever_floating_point_thinks(count):
    """Of 1 to n ms the share k/n is k ms, for every k: 7 % of 100 is the seventh."""
    latencies_s = np.arange(1, count + 1) * 1e-6
    buckets = np.bincount(np.arange(1, count + 1), minlength=BUCKETS)
    ranks = np.arange(1, min(count, 2000) + 1)
    np.testing.assert_allclose(percentiles_s(buckets, ranks / count)[:2000], latencies_s[: len(ranks)], rtol=1e-9)


@pytest.mark.parametrize(("name", "requests"), [("p50", 20), ("p90", 100), ("p99", 1000), ("p999", 10_000)])
def test_ten_requests_lie_beyond_a_percentile_or_it_is_marked(name, requests):
    """Counted: of requests that all differ so many are slower than the percentile."""
    share = PERCENTILES[name]
    assert requests_for(share) == requests
    for count in (requests, requests - 1):
        latencies_us = np.arange(1, count + 1)
        percentile_us = percentiles_s(np.bincount(latencies_us, minlength=BUCKETS), share) * 1e6
        if count <= 2000:
            beyond = int((latencies_us > percentile_us + 0.5).sum())
            assert (beyond >= BEYOND_MIN) == has_enough_beyond(count, share)
        assert (name in few_beyond(count)) == (count < requests)


@given(latencies, shares, shares)
def test_percentiles_rise_with_the_share(latencies_s, one, other):
    low, high = percentiles_s(totals(latencies_s), sorted((one, other)))
    assert low <= high <= max_s(totals(latencies_s))


@given(latencies, latencies, shares)
def test_adding_a_slower_trial_never_lowers_a_percentile(first, second, share):
    """Slower: its fastest request is as slow as the other's slowest."""
    slower = np.minimum(second + first.max(), 60.0)
    alone, together = totals(first), totals(first) + totals(slower)
    assert percentiles_s(together, share) >= percentiles_s(alone, share)


@given(latencies, latencies, shares)
def test_a_merged_percentile_lies_between_those_of_its_parts(first, second, share):
    """Which an average of percentiles does too, and is wrong: see the next test."""
    parts = [float(percentiles_s(totals(part), share)) for part in (first, second)]
    assert min(parts) <= percentiles_s(totals(first) + totals(second), share) <= max(parts)


def test_percentiles_come_from_merged_counts_not_from_averages():
    """990 fast requests in one trial and 10 slow in another: the p90 is fast."""
    fast, slow = record([0] * 990, [0.01] * 990), record([0] * 10, [1.0] * 10)
    assert percentiles_s(fast.latency.totals(BUCKETS) + slow.latency.totals(BUCKETS), 0.9) == pytest.approx(
        0.01, rel=1e-3
    )


def test_of_nothing_there_is_no_figure():
    """NaN, never 0."""
    assert np.isnan(percentiles_s(np.zeros(BUCKETS), [0.5, 0.9])).all()
    assert np.isnan(max_s(np.zeros(BUCKETS)))
    assert np.isnan(mean_s(Recording(0.0)))
    assert len(latency_series(Recording(0.0)).start_s) == 0


@given(latencies)
def test_the_mean_is_exact(latencies_s):
    assert mean_s(record(np.zeros(len(latencies_s), int), latencies_s)) == pytest.approx(latencies_s.mean(), rel=1e-12)


requests = st.lists(st.tuples(st.integers(0, 30), st.floats(2e-3, 9.0), st.integers(0, 5)), min_size=1, max_size=100)


@given(requests, st.integers(1, 12), st.booleans())
@settings(deadline=None)
def test_each_window_is_what_numpy_says_of_its_requests(some, window_s, cumulative):
    """Counts, failures, mean and percentiles; alone or with all before it."""
    second, latency_s, outcome = (np.array(column) for column in zip(*some, strict=True))
    series = latency_series(record(second, latency_s, outcome), window_s, cumulative=cumulative)
    assert len(series.start_s) == second.max() // window_s + 1
    timed = np.isin(outcome, [OUTCOMES.index("ok"), OUTCOMES.index("timeout")])
    for number, start_s in enumerate(series.start_s):
        inside = (second < start_s + window_s) & ((second >= start_s) | cumulative)
        assert series.requests[number] == inside.sum()
        assert series.failures[number] == (inside & (outcome != 0)).sum()
        figures = (series.mean_s[number], series.p50_s[number], series.p90_s[number])
        chosen = latency_s[inside & timed]
        if not len(chosen):
            assert np.isnan(figures).all()
            continue
        expected = [chosen.mean(), *np.quantile(chosen, [0.5, 0.9], method="inverted_cdf")]
        np.testing.assert_allclose(figures, expected, **TOLERANCE)


def test_seven_hours_take_less_than_a_second():
    """Seven stacks, an hour each, 250 requests/s: totals, p50 to p99.9, and a series of one-second windows."""
    draw = np.random.default_rng(3)
    second = np.repeat(np.arange(3600), 250)
    hours = [record(second, draw.lognormal(-5 + stack / 10, 0.5, len(second))) for stack in range(7)]
    start = time.process_time()
    for hour in hours:
        percentiles_s(hour.latency.totals(BUCKETS), [0.5, 0.9, 0.99, 0.999])
        latency_series(hour, 1)
    assert time.process_time() - start < 1.0
