"""The open model: requests go out when they are due, whatever the server does."""

import math
from collections import deque
from collections.abc import Callable, Iterator
from time import monotonic

from wsgibench.engines._native.connection import Connection
from wsgibench.engines._native.load_run import Reached
from wsgibench.engines._native.pool import Pool
from wsgibench.engines._native.requests import Request
from wsgibench.model.load import Rate

_SENDS_AT_ONCE = 64

_WAKES_APART_S = 150e-6
"""At 10,000/s and above, in proportion below. There it saves a quarter of the CPU, and adds 0.04 ms to the median
lateness and 0.17 ms to the median latency; at 1,000/s neither shows (docs/explanation/native-engine.md)."""


class OpenLoad:
    """Sends each request at its due time, on a free connection or a new one.

    With ``connections_max`` requests under way the next ones queue, first come first served, and their wait counts.
    One that still queues ``timeout_s`` after it was due is given up as ``unsent``; one that was sent has ``timeout_s``
    to be answered. So the queue is bounded, and the drain ends at most twice ``timeout_s`` after the last due time.
    """

    longest_gap_s: float | None = None

    def __init__(
        self,
        load: Rate,
        dues: Iterator[float],
        requests: Iterator[Request],
        pool: Pool,
        *,
        typical: int = 0,
        on_stop: Callable[[float], None] = lambda _: None,
    ) -> None:
        """``dues`` ascend, on CLOCK_MONOTONIC; ``on_stop`` is told in how many seconds the next would have been."""
        self._dues = dues
        self._typical = typical
        self._on_stop = on_stop
        self._renewal_at = math.inf
        self._renewed: Reached = lambda _: None
        self._connections_max = load.connections_max
        self._requests = requests
        self._pool = pool
        self._due = next(dues, math.inf)
        self._queue: deque[float] = deque()
        self._under_way = 0
        self.wakes_apart_s = _WAKES_APART_S * min(max(load.start_per_s, load.end_per_s) / 10_000, 1.0)
        self.users = 0

    def advance(self, now: float) -> float:
        """Send what is due; when to call again if nothing happens before."""
        if now >= self._renewal_at and self._under_way <= self._typical and not self._queue:
            self._renewal_at = math.inf
            self._renewed(now)
        if self._queue:
            self._send_queued(now)
        sends = 0
        while self._due <= now:
            if self._queue or not self._send(self._due, now):
                self._queue.append(self._due)
            self._due = next(self._dues, math.inf)
            now = monotonic()
            sends += 1
            if sends == _SENDS_AT_ONCE:
                return now  # answers must be read, too, where more is asked than this core can send
        if self._queue:
            if self._under_way < self._connections_max:
                return now
            return min(self._due, self._queue[0] + self._pool.timeout_s)
        return min(self._due, self._renewal_at) if now < self._renewal_at else self._due

    def at_renewal(self, earliest: float, then: Reached) -> None:
        """See ``SendingLoad``: nothing waits, and no more is under way than is typical."""
        self._renewal_at, self._renewed = earliest, then

    def stop(self, now: float) -> None:
        """Nothing falls due any more."""
        if self._due != math.inf:
            self._on_stop(self._due - now)
        self._dues, self._due, self._renewal_at = iter(()), math.inf, math.inf

    def pending(self) -> int:
        """See ``SendingLoad``."""
        return max(self._under_way + len(self._queue) - self._typical, 0)

    def on_response(self, connection: Connection, outcome: str, now: float) -> None:
        """See ``Sender``."""
        self._under_way -= 1
        self._pool.tally.on_response(outcome, connection.start, now)
        self._pool.take_back(connection)

    def is_done(self) -> bool:
        """Whether all that fell due has ended."""
        return not self._under_way and not self._queue and self._due == math.inf

    def _send(self, due: float, now: float) -> bool:
        if self._under_way >= self._connections_max:
            return False
        connection = self._pool.idle() or self._pool.new()
        self._under_way += 1
        self._pool.tally.sent(due, now)
        connection.send(next(self._requests), due, now, self)
        return True

    def _send_queued(self, now: float) -> None:
        queue = self._queue
        while queue and queue[0] + self._pool.timeout_s <= now:
            self._pool.tally.on_response("unsent", queue.popleft(), now)
        for _ in range(min(len(queue), _SENDS_AT_ONCE)):
            if not self._send(queue[0], monotonic()):
                return
            queue.popleft()
