"""The common recording: buckets, merging, and the way to bytes and back."""

import io

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from wsgibench.model.recording import (
    BUCKETS,
    EVENTS,
    MAX_US,
    OUTCOMES,
    Recording,
    SecondCounts,
    bucket_middle_s,
    bucket_of,
)

latencies_s = st.floats(1e-6, MAX_US * 1e-6, allow_nan=False)


def rows_of(keys):
    return st.lists(st.tuples(st.integers(0, 50), st.integers(0, keys - 1), st.integers(1, 10**6)), max_size=40)


def tables_of(keys):
    return rows_of(keys).map(lambda some: SecondCounts.gather(*np.array(some, np.int64).reshape(-1, 3).T))


rows = rows_of(BUCKETS)


def as_dict(table):
    return {(int(s), int(k)): int(c) for s, k, c in zip(table.second, table.key, table.count, strict=True)}


@st.composite
def recordings(draw):
    return Recording(
        draw(st.floats(0, 2e9)),
        *(draw(tables_of(keys)) for keys in (BUCKETS, BUCKETS, len(OUTCOMES), len(EVENTS))),
        latency_sum_s=np.array(draw(st.lists(st.floats(0, 100), max_size=60))),
    )


def equal(one, other):
    return one.start_s == other.start_s and all(
        as_dict(getattr(one, name)) == as_dict(getattr(other, name))
        for name in ("latency", "lateness", "outcomes", "events")
    )


@given(latencies_s)
def test_a_bucket_is_within_a_thousandth_of_what_it_holds(latency_s):
    """And within half a microsecond, the clock's own step."""
    middle_s = float(bucket_middle_s(bucket_of(latency_s)))
    assert abs(middle_s - latency_s) <= max(0.001 * latency_s, 0.5000001e-6)


@given(latencies_s, latencies_s)
def test_a_longer_latency_is_never_in_a_lower_bucket(one, other):
    short, long = sorted((one, other))
    assert bucket_of(short) <= bucket_of(long)


def test_every_bucket_holds_its_own_middle():
    """Each of them, so none is empty, double or beyond the end."""
    buckets = np.arange(1, BUCKETS)
    middles_s = bucket_middle_s(buckets)
    assert np.all(np.diff(middles_s) > 0)
    within = middles_s <= MAX_US * 1e-6
    assert np.array_equal(bucket_of(middles_s[within]), buckets[within])


@pytest.mark.parametrize(("latency_s", "same_as"), [(0.0, 1e-6), (-1.0, 1e-6), (61.0, 60.0), (1e9, 60.0)])
def test_latencies_beyond_the_ends_count_at_the_ends(latency_s, same_as):
    assert bucket_of(latency_s) == bucket_of(same_as)
    assert 0 <= bucket_of(latency_s) < BUCKETS


@given(rows)
def test_gathering_adds_up_repeated_rows_and_sorts_them(some):
    table = SecondCounts.gather(*np.array(some, np.int64).reshape(-1, 3).T)
    expected = {}
    for second, key, count in some:
        expected[second, key] = expected.get((second, key), 0) + count
    assert as_dict(table) == expected
    assert [*as_dict(table)] == sorted(expected)


@given(recordings(), recordings(), recordings())
@settings(max_examples=30, deadline=None)
def test_merging_is_associative_and_commutative(one, two, three):
    """So it does not matter in which order engine processes report."""
    together = one.merge(two, three)
    assert equal(together, one.merge(two).merge(three))
    assert equal(together, three.merge(one, two))
    np.testing.assert_allclose(together.latency_sum_s, three.merge(two).merge(one).latency_sum_s)


@given(recordings(), recordings())
@settings(max_examples=30, deadline=None)
def test_merging_loses_nothing(one, two):
    together = one.merge(two)
    assert together.latency.count.sum() == one.latency.count.sum() + two.latency.count.sum()
    assert np.array_equal(together.latency.totals(BUCKETS), one.latency.totals(BUCKETS) + two.latency.totals(BUCKETS))
    assert together.latency_sum_s.sum() == pytest.approx(one.latency_sum_s.sum() + two.latency_sum_s.sum())


@given(recordings())
@settings(max_examples=30, deadline=None)
def test_what_goes_to_bytes_comes_back(recording):
    again = Recording.from_bytes(recording.to_bytes())
    assert equal(again, recording)
    assert np.array_equal(again.latency_sum_s, recording.latency_sum_s)


@given(st.binary(max_size=200))
def test_bytes_that_are_none_are_refused(data):
    with pytest.raises(ValueError, match="not a recording"):
        Recording.from_bytes(data)


WHOLE = Recording(1.0, latency=SecondCounts.gather([0, 1], [5, 6])).to_bytes()


@given(st.integers(0, len(WHOLE) - 1))
@settings(deadline=None)
def test_bytes_cut_off_anywhere_are_refused(end):
    with pytest.raises(ValueError, match="not a recording"):
        Recording.from_bytes(WHOLE[:end])


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
@settings(deadline=None)
def test_a_flipped_byte_is_refused_or_harmless(place, flip):
    """The archive carries checksums; what they do not cover does not matter. Never another exception."""
    damaged = WHOLE[:place] + bytes([WHOLE[place] ^ flip]) + WHOLE[place + 1 :]
    try:
        again = Recording.from_bytes(damaged)
    except ValueError:
        return
    assert equal(again, Recording.from_bytes(WHOLE))


def test_another_format_and_another_archive_are_refused():
    for arrays in ({"format": np.array([2])}, {"a": np.zeros(3)}, {"format": np.zeros(0)}):
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        with pytest.raises(ValueError, match="not a recording"):
            Recording.from_bytes(buffer.getvalue())
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    with pytest.raises(ValueError, match="not a recording"):
        Recording.from_bytes(buffer.getvalue())


def test_recordings_of_before_statuses_were_kept_are_read():
    """They have none; all else is as it was."""
    recording = Recording(1.0, outcomes=SecondCounts.gather([0], [1]), statuses=SecondCounts.gather([0], [429]))
    with np.load(io.BytesIO(recording.to_bytes())) as archive:
        before = {name: archive[name] for name in archive.files if not name.startswith("statuses")}
    buffer = io.BytesIO()
    np.savez(buffer, **before)
    again = Recording.from_bytes(buffer.getvalue())
    assert not len(again.statuses.key)
    assert again.merge(recording).statuses.totals(1000)[429] == 1
    assert again.merge(recording).outcomes.totals(2)[1] == 2


def test_an_hour_is_small():
    """3,600 s of 250 requests/s, every latency different: under 2 MB on disk."""
    draw = np.random.default_rng(1)
    second = np.repeat(np.arange(3600), 250)
    hour = Recording(
        0.0,
        latency=SecondCounts.gather(second, bucket_of(draw.lognormal(-5, 0.5, len(second)))),
        outcomes=SecondCounts.gather(second, np.zeros_like(second)),
        latency_sum_s=draw.random(3600),
    )
    assert len(hour.to_bytes()) < 2_000_000


def test_outcomes_have_names_of_their_own():
    assert len(OUTCOMES) == len(set(OUTCOMES))
