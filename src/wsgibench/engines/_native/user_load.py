"""The closed model with waits: users who think between their requests."""

import heapq
import math
from collections.abc import Iterator
from itertools import count

import numpy as np

from wsgibench.engines._native.connection import Connection
from wsgibench.engines._native.load_run import Reached
from wsgibench.engines._native.load_window import LoadWindow
from wsgibench.engines._native.pool import Pool
from wsgibench.engines._native.requests import Request
from wsgibench.model.load import Users

_CHUNK = 256


class UserLoad:
    """So many users, each on a connection of its own, who ask, wait, and ask again, as Locust's do."""

    longest_gap_s: float | None = None

    def __init__(
        self, load: Users, window: LoadWindow, requests: Iterator[Request], pool: Pool, rng: np.random.Generator
    ) -> None:
        """User number k comes k / spawn_rate after the beginning."""
        self._end = window.end
        self._requests = requests
        self._pool = pool
        self._waits = _waits(load, rng)
        self._count = load.count
        self._order = count()  # two who are due at once are not compared
        self._due = [
            (window.begin + number / load.spawn_rate_per_s, next(self._order), pool.new())
            for number in range(load.count)
        ]
        self._under_way = 0
        self.wakes_apart_s = 0.0
        self.users = 0

    def advance(self, now: float) -> float:
        """Let those ask who have waited; when to call again if nothing happens before."""
        if now >= self._end:
            for _, _, connection in self._due:
                self._pool.take_back(connection)
            self._due.clear()
            return math.inf
        while self._due and self._due[0][0] <= now:
            _, number, connection = heapq.heappop(self._due)
            if number == self.users < self._count:
                self.users += 1
            self._under_way += 1
            connection.send(next(self._requests), now, now, self)
        return min(self._due[0][0] if self._due else math.inf, self._end)

    def on_response(self, connection: Connection, outcome: str, now: float) -> None:
        """See ``Sender``."""
        self._under_way -= 1
        self._pool.tally.on_response(outcome, connection.start, now)
        if now < self._end:
            heapq.heappush(self._due, (now + next(self._waits), next(self._order), connection))
        else:
            self._pool.take_back(connection)

    def at_renewal(self, earliest: float, then: Reached) -> None:
        """Never: users live through a trial, which is as long as it was asked to be."""

    def stop(self, now: float) -> None:
        """See ``SendingLoad``."""
        self._end = min(self._end, now)

    def pending(self) -> int:
        """No more than there are users."""
        return 0

    def is_done(self) -> bool:
        """Whether all that was sent has been answered."""
        return not self._under_way


def _waits(load: Users, rng: np.random.Generator) -> Iterator[float]:
    while True:
        yield from rng.uniform(load.wait_min_s, load.wait_max_s, size=_CHUNK).tolist()
