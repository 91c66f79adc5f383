"""The arrival process: its law, its seams, its ramps."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from wsgibench.engines._native.arrivals import Arrivals
from wsgibench.model.load import Rate

RATES = st.floats(1.0, 5000.0)


def arrivals(start: float, end: float | None = None, kind: str = "exponential", seed: int = 1) -> Arrivals:
    rate = Rate(start_per_s=start, end_per_s=start if end is None else end, arrivals=kind)
    return Arrivals(rate, np.random.default_rng(seed))


def in_turns(process: Arrivals, turns: list[float]) -> np.ndarray:
    """Due times over turns that follow one another without a break."""
    begins = np.concatenate([[0.0], np.cumsum(turns)])
    return np.concatenate(
        [begin + np.array(list(process.slice(0, turn))) for begin, turn in zip(begins[:-1], turns, strict=True)]
    )


def test_gaps_are_exponential() -> None:
    """Kolmogorov-Smirnov against the exponential of the asked rate, at five seeds; each fails one time in 10,000."""
    for seed in range(5):
        gaps = np.diff(list(arrivals(500, seed=seed).slice(0, 20)))
        assert kstest(gaps, "expon", args=(0, 1 / 500)).pvalue > 1e-4


def test_gaps_across_turns_are_exponential() -> None:
    """The same of a process cut into turns of 20 ms, ten arrivals each: seams neither lose nor add any."""
    gaps = np.diff(in_turns(arrivals(500), [0.02] * 1000))
    assert kstest(gaps, "expon", args=(0, 1 / 500)).pvalue > 1e-4
    assert len(gaps) == pytest.approx(10_000, abs=5 * math.sqrt(10_000))


@given(RATES, st.lists(st.floats(0.001, 2.0), min_size=1, max_size=8))
def test_turns_cut_one_process(rate: float, turns: list[float]) -> None:
    """Cut into any turns, the process has the arrivals that it has in one piece."""
    whole = list(arrivals(rate).slice(0, sum(turns)))
    cut = in_turns(arrivals(rate), turns)
    assert abs(len(whole) - len(cut)) <= 1  # one may fall on the last end, by rounding
    shorter = min(len(whole), len(cut))
    assert cut[:shorter] == pytest.approx(whole[:shorter], abs=1e-6)


@given(RATES, RATES, st.floats(0.0, 1.0), st.floats(0.05, 3.0))
def test_dues_ascend_within_the_slice(start: float, end: float, warmup_s: float, duration_s: float) -> None:
    """Whatever the ramp, no due time is before the last, or outside."""
    dues = np.array(list(arrivals(start, end).slice(warmup_s, duration_s)))
    assert (np.diff(dues) >= 0).all()
    assert not len(dues) or (dues[0] >= 0 and dues[-1] <= (warmup_s + duration_s) * (1 + 1e-9))


@given(RATES, st.floats(0.1, 3.0))
def test_uniform_arrivals_are_all_alike(rate: float, duration_s: float) -> None:
    """One gap, the inverse of the rate, also over the seam of two slices."""
    process = arrivals(rate, kind="uniform")
    dues = in_turns(process, [duration_s, duration_s])
    assert len(dues) == pytest.approx(2 * duration_s * rate, abs=1.01)
    assert np.diff(dues) == pytest.approx(1 / rate, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("start", "end"), [(0.0, 1000.0), (100.0, 900.0), (900.0, 100.0), (1000.0, 0.0)])
def test_a_ramp_has_its_integral(start: float, end: float) -> None:
    """At each quarter of a uniform ramp as many have arrived as the integral of the rate says."""
    dues = np.array(list(arrivals(start, end, kind="uniform").slice(0, 4)))
    for seconds in (1, 2, 3, 4):
        integral = start * seconds + (end - start) * seconds**2 / 8
        assert np.searchsorted(dues, seconds) == pytest.approx(integral, abs=1)


def test_a_ramp_is_a_time_changed_poisson_process() -> None:
    """Mapped back through the integral, the gaps of a ramp are unit exponentials."""
    dues = np.array(list(arrivals(100, 2000).slice(1.0, 10)))
    ramp = np.maximum(dues - 1.0, 0)
    operational = 100 * np.minimum(dues, 1.0) + 100 * ramp + 190 * ramp**2 / 2
    assert kstest(np.diff(operational), "expon").pvalue > 1e-4


def test_the_warm_up_is_at_the_starting_rate() -> None:
    """Before a ramp from 1,000/s down to 0 there are 1,000 in a second of warm-up."""
    dues = np.array(list(arrivals(1000, 0, kind="uniform").slice(1.0, 2.0)))
    assert np.searchsorted(dues, 1.0) == pytest.approx(1000, abs=1)
    assert len(dues) == pytest.approx(2000, abs=1)


def test_the_seed_fixes_everything() -> None:
    """Same seed, same moments; another, others."""
    assert list(arrivals(100, seed=3).slice(0, 1)) == list(arrivals(100, seed=3).slice(0, 1))
    assert list(arrivals(100, seed=3).slice(0, 1)) != list(arrivals(100, seed=4).slice(0, 1))
