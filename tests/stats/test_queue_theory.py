"""The reference of benchmarks/slow_apps.py against formulas that are older than it."""

import importlib
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
STREAMS, REQUESTS, SETTLING = 300, 6000, 1500


@pytest.fixture
def theory(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("queue_theory")


def settled(latencies: np.ndarray) -> np.ndarray:
    return latencies[:, SETTLING:]


@pytest.mark.parametrize("busy", [0.3, 0.5, 0.8])
def test_the_mean_wait_of_one_worker_is_that_of_pollaczek_and_khinchine(theory, busy: float) -> None:
    arrivals = theory.poisson(busy / 0.02, STREAMS, REQUESTS, np.random.default_rng(2))
    found = settled(theory.latencies_s(arrivals, np.full_like(arrivals, 0.02), workers=1))
    assert found.mean() - 0.02 == pytest.approx(theory.mean_wait_md1_s(0.02, busy / 0.02), rel=0.03)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_the_mean_wait_of_exponential_services_is_erlangs(theory, workers: int) -> None:
    rng = np.random.default_rng(3)
    rate_per_s = 0.7 * workers / 0.02
    arrivals = theory.poisson(rate_per_s, STREAMS, REQUESTS, rng)
    services = rng.exponential(0.02, arrivals.shape)
    found = settled(theory.latencies_s(arrivals, services, workers=workers) - services)
    assert found.mean() == pytest.approx(theory.mean_wait_mmc_s(0.02, rate_per_s, workers), rel=0.03)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_a_long_stream_is_what_many_short_ones_are(theory, workers: int) -> None:
    """Whether its services are alike or not."""
    rng = np.random.default_rng(5)
    arrivals = theory.poisson(0.9 * workers / 0.02, 1, 3000, rng)
    alike = theory.latencies_s(arrivals, np.full_like(arrivals, 0.02), workers=workers)[0]
    assert theory.stream_s(arrivals[0], 0.02, workers) == pytest.approx(alike)
    services = rng.exponential(0.02, arrivals.shape)
    found = theory.latencies_s(arrivals, services, workers=workers)[0]
    assert theory.stream_s(arrivals[0], services[0], workers) == pytest.approx(found)


@pytest.mark.parametrize("workers", [1, 2])
def test_the_share_that_takes_longer_is_erlangs(theory, workers: int) -> None:
    """Of two workers at a load at which services and waits are alike in their rate, too."""
    rng = np.random.default_rng(6)
    for busy in (0.5, 0.8):
        arrivals, services = theory.poisson(busy * workers / 0.02, 1, 200_000, rng)[0], rng.exponential(0.02, 200_000)
        found = (theory.stream_s(arrivals, services, workers) > 0.06).mean()
        share = theory.slower_share_mmc(0.06, 0.02, busy * workers / 0.02, workers)
        assert found == pytest.approx(share, rel=0.1)


def test_nobody_waits_where_there_are_as_many_workers_as_requests(theory) -> None:
    arrivals = theory.poisson(1000.0, 5, 8, np.random.default_rng(4))
    assert theory.latencies_s(arrivals, np.full_like(arrivals, 0.5), workers=8) == pytest.approx(0.5)


def test_whoever_comes_after_a_pause_waits_for_its_end(theory) -> None:
    """One worker, a second's pause after two requests: the third and fourth wait for it, and the fifth for two."""
    arrivals = np.zeros((1, 5))
    pauses = theory.Pauses(every=2, pause_s=1.0)
    found = theory.latencies_s(arrivals, np.full_like(arrivals, 0.01), workers=1, pauses=pauses)
    assert found[0] == pytest.approx([0.01, 0.02, 1.03, 1.04, 2.05])


def test_percentiles_of_more_requests_spread_less(theory) -> None:
    few, many = (
        theory.percentile_s(0.9, service_s=0.02, workers=2, rate_per_s=60.0, requests=requests)
        for requests in (200, 5000)
    )
    assert few.high_s - few.low_s > 3 * (many.high_s - many.low_s)
    assert few.low_s < many.median_s < few.high_s
