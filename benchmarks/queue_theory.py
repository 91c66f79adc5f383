"""What queueing theory says of an app that takes a constant time: latencies of c workers under Poisson arrivals.

Requests wait in one queue, first come first served, for whichever worker is free first, as they do before gunicorn's
sync workers. Simulated exactly, by the recursion of Kiefer and Wolfowitz (On the theory of queues with many servers,
Trans. AMS 78, 1955; for one worker it is Lindley's, Proc. Camb. Phil. Soc. 48, 1952): many streams side by side, each
with as many requests as a trial has, so that the spread of their percentiles is what chance alone does to a trial.
"""

import heapq
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Pauses:
    """Each worker stands still for ``pause_s`` after each ``every``-th request that it took."""

    every: int
    pause_s: float


def latencies_s(arrivals_s: Floats, service_s: Floats, workers: int, pauses: Pauses | None = None) -> Floats:
    """Latencies by stream and request, shape as ``arrivals_s`` and ``service_s``: (streams, requests)."""
    streams, requests = arrivals_s.shape
    rows = np.arange(streams)
    free_s = np.zeros((streams, workers))
    taken = np.zeros((streams, workers), np.int64)
    found = np.empty_like(arrivals_s)
    for number in range(requests):
        worker = free_s.argmin(axis=1)
        end_s = np.maximum(arrivals_s[:, number], free_s[rows, worker]) + service_s[:, number]
        found[:, number] = end_s - arrivals_s[:, number]
        if pauses:
            taken[rows, worker] += 1
            end_s += np.where(taken[rows, worker] % pauses.every == 0, pauses.pause_s, 0.0)
        free_s[rows, worker] = end_s
    return found


def stream_s(arrivals_s: Floats, service_s: Floats | float, workers: int) -> Floats:
    """The same of one long stream, shape (requests,), and far quicker.

    With a constant service requests end in the order in which they came, so each takes the worker of the one that came
    ``workers`` before it: so many Lindley recursions, each the maximum of a walk.
    """
    found = np.empty_like(arrivals_s)
    if isinstance(service_s, float):
        for first in range(workers):
            mine = arrivals_s[first::workers]
            before = np.arange(len(mine)) * service_s
            found[first::workers] = np.maximum.accumulate(mine - before) + before + service_s - mine
        return found
    free_s = [0.0] * workers
    for number, (came_s, takes_s) in enumerate(zip(arrivals_s.tolist(), service_s.tolist(), strict=True)):
        end_s = max(came_s, free_s[0]) + takes_s
        heapq.heapreplace(free_s, end_s)
        found[number] = end_s - came_s
    return found


def poisson(rate_per_s: float, streams: int, requests: int, rng: np.random.Generator) -> Floats:
    """Arrival times of that rate, shape (streams, requests)."""
    return rng.exponential(1 / rate_per_s, (streams, requests)).cumsum(axis=1)


@dataclass(frozen=True)
class Expected:
    """A percentile of so many requests: its median over streams, and what 95 % of streams keep to, in seconds."""

    median_s: float
    low_s: float
    high_s: float


def percentile_s(
    share: float,
    *,
    service_s: float,
    workers: int,
    rate_per_s: float,
    requests: int,
    pauses: Pauses | None = None,
    streams: int = 200,
    seed: int = 1,
) -> Expected:
    """The percentile of the latency of a constant service (M/D/c) that starts idle and sees so many requests."""
    arrivals_s = poisson(rate_per_s, streams, requests, np.random.default_rng(seed))
    found = latencies_s(arrivals_s, np.full_like(arrivals_s, service_s), workers, pauses)
    low, median, high = np.quantile(np.quantile(found, share, axis=1), (0.025, 0.5, 0.975))
    return Expected(float(median), float(low), float(high))


def mean_wait_md1_s(service_s: float, rate_per_s: float) -> float:
    """Mean wait of M/D/1, by Pollaczek and Khinchine."""
    busy = rate_per_s * service_s
    return busy * service_s / (2 * (1 - busy))


def mean_wait_mmc_s(mean_service_s: float, rate_per_s: float, workers: int) -> float:
    """Mean wait of M/M/c."""
    return _waiting_share(mean_service_s, rate_per_s, workers) / (workers / mean_service_s - rate_per_s)


def slower_share_mmc(limit_s: float, mean_service_s: float, rate_per_s: float, workers: int) -> float:
    """The share of requests of M/M/c that take longer: who waits does so for a time that is exponential, too."""
    waits = _waiting_share(mean_service_s, rate_per_s, workers)
    served, freed = 1 / mean_service_s, workers / mean_service_s - rate_per_s
    alone = math.exp(-served * limit_s)
    if math.isclose(served, freed):
        return alone * (1 + waits * served * limit_s)
    both = (freed * alone - served * math.exp(-freed * limit_s)) / (freed - served)
    return (1 - waits) * alone + waits * both


def _waiting_share(mean_service_s: float, rate_per_s: float, workers: int) -> float:
    """Of those that have to wait in M/M/c, by Erlang's C formula."""
    offered = rate_per_s * mean_service_s
    last = offered**workers / math.factorial(workers) * workers / (workers - offered)
    return last / (sum(offered**k / math.factorial(k) for k in range(workers)) + last)
