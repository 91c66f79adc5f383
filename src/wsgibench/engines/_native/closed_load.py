"""The closed model without waits: as many requests as so many connections can carry."""

import math
from collections.abc import Iterator

from wsgibench.engines._native.connection import Connection
from wsgibench.engines._native.load_run import Reached
from wsgibench.engines._native.pool import Pool
from wsgibench.engines._native.requests import Request

_PAUSE_S = 0.01
_LOOK_EVERY = 64
_MANY = 16
_APART_SHARE = 0.2
_APART_MOST_S = 0.6e-3
"""With many connections that stay open, nearly all of them wait in the server's queue. Handling what came in batches, a
fifth of the time that the queue lasts apart, keeps it from running dry, and costs a third less CPU
(docs/explanation/native-engine.md)."""
_SENT = ("ok", "bad_status")


class ClosedLoad:
    """Keeps so many connections busy until the end: each sends as soon as it has its answer.

    After a failure of the connection it pauses for 10 ms: a server that refuses at once would be asked 20,000 times a
    second for nothing, at the cost of those that answer.
    """

    def __init__(self, count: int, end: float, requests: Iterator[Request], pool: Pool, *, at_once: int = 0) -> None:
        """``end`` is on CLOCK_MONOTONIC: the latest moment at which something new is sent.

        ``at_once`` is how many requests the server answers at once, 0 where nobody knows.
        """
        self._has_queue = count >= max(_MANY, 2 * at_once) and at_once > 0
        self._end = end
        self._renewal_at = math.inf
        self._renewed: Reached = lambda _: None
        self._last = math.inf
        self.longest_gap_s: float | None = None
        self._requests = requests
        self._pool = pool
        self._paused: list[tuple[float, Connection]] = [(-math.inf, pool.idle() or pool.new()) for _ in range(count)]
        self._under_way = 0
        self.wakes_apart_s = 0.0
        self._looked: tuple[int, float] = (0, math.inf)
        self.users = count

    def advance(self, now: float) -> float:
        """Send on the connections that have paused long enough; when to call again if nothing happens before."""
        if not self.users and now >= self._renewal_at:
            self._renewal_at = math.inf
            self._renewed(now)  # nothing to wait for: another process has all connections
        if not self._paused:
            return math.inf if self.users else self._renewal_at
        ready = [connection for until, connection in self._paused if until <= now]
        self._paused = [(until, connection) for until, connection in self._paused if until > now]
        for connection in ready:
            if now < self._end:
                self._under_way += 1
                connection.send(next(self._requests), now, now, self)
            else:
                self._pool.take_back(connection)
        return min((until for until, _ in self._paused), default=math.inf)

    def on_response(self, connection: Connection, outcome: str, now: float) -> None:
        """See ``Sender``."""
        self._pool.tally.on_response(outcome, connection.start, now)
        if now < self._end:
            self._note_gap(now)
            self._keep_apart(connection, now)
        if now >= self._renewal_at:
            self._renewal_at = math.inf
            self._renewed(now)
        if now < self._end and outcome in _SENT:
            connection.send(next(self._requests), now, now, self)
            return
        self._under_way -= 1
        if now < self._end:
            self._paused.append((now + _PAUSE_S, connection))
        else:
            self._pool.take_back(connection)

    def at_renewal(self, earliest: float, then: Reached) -> None:
        """See ``SendingLoad``: a response comes. Whoever answers several at once has the first of them at both ends."""
        self._renewal_at, self._renewed = earliest, then

    def stop(self, now: float) -> None:
        """See ``SendingLoad``."""
        self._end = min(self._end, now)
        self._renewal_at = math.inf

    def pending(self) -> int:
        """Always as many as there are connections."""
        return 0

    def _note_gap(self, now: float) -> None:
        if now - self._last > (self.longest_gap_s or 0.0):
            self.longest_gap_s = now - self._last
        self._last = now

    def _keep_apart(self, connection: Connection, now: float) -> None:
        """Now and then find how far apart waits may be; not at all where each request has to open a connection."""
        responses, since = self._looked
        if responses < _LOOK_EVERY:
            self._looked = responses + 1, min(since, now)
            return
        queue_s = self.users * (now - since) / responses
        spared = self._has_queue and connection.is_open
        self.wakes_apart_s = min(_APART_SHARE * queue_s, _APART_MOST_S) if spared else 0.0
        self._looked = 0, math.inf

    def is_done(self) -> bool:
        """Whether all that was sent has been answered."""
        return not self._under_way and not self._paused
