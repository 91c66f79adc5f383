"""A random order of which no list is kept is one: nothing is missing, nothing comes twice, and no pattern shows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsgibench.stats.permutation import COUNT_MOST, Permutation


def order(count: int, seed: int, tweak: int = 0) -> np.ndarray:
    places = np.arange(count, dtype=np.uint64)
    return Permutation(count, np.random.SeedSequence(seed)).at(places, np.full(count, tweak, np.uint64))


@given(st.integers(1, 3000), st.integers(0, 2**32), st.integers(0, 2**62))
def test_every_number_comes_once(count: int, seed: int, tweak: int) -> None:
    assert sorted(order(count, seed, tweak).tolist()) == list(range(count))


@pytest.mark.parametrize("count", [10**6, 10**12, 10**18, COUNT_MOST])
def test_of_however_many_none_comes_twice(count: int) -> None:
    """Wherever one looks: at the beginning, in the middle, at the end."""
    places = np.unique(
        np.concatenate([np.arange(at, at + 5000, dtype=np.uint64) for at in (0, count // 3, count - 5000)])
    )
    found = Permutation(count, np.random.SeedSequence(1)).at(places, np.zeros(len(places), np.uint64))
    assert len(np.unique(found)) == len(places)
    assert found.max() < count
    assert abs(found.astype(float).mean() / count - 0.5) < 0.015  # 4.6 standard deviations wide


def test_seeds_and_tweaks_make_other_orders() -> None:
    """Two random orders have one number at the same place, on average."""
    orders = [order(500, seed, tweak) for seed in range(5) for tweak in range(5)]
    same = [np.sum(one == other) for number, one in enumerate(orders) for other in orders[:number]]
    assert np.mean(same) == pytest.approx(1.0, abs=0.3)
    assert max(same) < 10


def test_neighbours_have_nothing_to_do_with_each_other() -> None:
    """Distances of neighbours are spread as those of random numbers are, over all residues, too."""
    found = order(100_000, 3).astype(np.int64)
    assert abs(np.corrcoef(found[:-1], found[1:])[0, 1]) < 0.015
    for modulus in (2, 7, 8, 100):
        counts = np.bincount(np.diff(found) % modulus, minlength=modulus)
        expected = (len(found) - 1) / modulus
        assert ((counts - expected) ** 2 / expected).sum() < modulus + 6 * (2 * modulus) ** 0.5


def test_each_number_is_as_likely_at_each_place() -> None:
    """Of few numbers, over many seeds."""
    counts = np.zeros((7, 7))
    for seed in range(2000):
        counts[np.arange(7), order(7, seed).astype(np.int64)] += 1
    assert np.abs(counts - 2000 / 7).max() < 5 * (2000 / 7) ** 0.5
