"""The connections to one target; they outlive the turns."""

import errno
import math
import sys
from collections import deque
from time import monotonic

from wsgibench.engines._native.bodies import Bodies
from wsgibench.engines._native.connection import Connection
from wsgibench.engines._native.poller import Poller
from wsgibench.engines._native.response import HeadCache
from wsgibench.engines._native.tally import Tally
from wsgibench.engines._native.transport import opener
from wsgibench.model.engine import Target
from wsgibench.model.load import Requests

_IDEMPOTENT = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"}
_RETRY_S = 0.001
_SCAN_AT_MOST_EVERY_S = 0.01


class Pool:
    """Lends connections, and ends the requests that take too long.

    A time-out needs no timer of its own: no request can run out sooner than the earliest one that was under way at the
    last look round, so the next look round is due then. In a healthy load that is once in ``timeout_s``.

    Attributes:
        tally: of the load that runs now.
        bodies: what the target answered.
        tend_at: when ``tend`` wants to be called next, on CLOCK_MONOTONIC.
    """

    tally: Tally

    def __init__(self, target: Target, requests: Requests, poller: Poller, bodies: Bodies) -> None:
        self.poller = poller
        self.bodies = bodies
        self.open = opener(target)
        self.heads = HeadCache()
        self.is_head = requests.method == "HEAD"
        self.is_right = requests.is_right
        self.is_idempotent = requests.method in _IDEMPOTENT
        self.timeout_s = requests.timeout_s
        self.tend_at = -math.inf
        self._name = target.name
        self._noted: set[int | None] = set()
        self._idle: list[Connection] = []
        self._all: set[Connection] = set()
        self._blocked: deque[Connection] = deque()

    @property
    def has_one_connection(self) -> bool:
        """Whether the server stands idle from an answer to the next request, which therefore goes before all else.

        With more it does not, and where it closes after each answer it has 3 % less to do if the client closes sooner.
        """
        return len(self._all) == 1

    def idle(self) -> Connection | None:
        """An open connection without a request, the one that was used last; None where there is none."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
            self._all.discard(connection)
        return None

    def new(self) -> Connection:
        """A connection that has yet to be opened."""
        connection = Connection(self)
        self._all.add(connection)
        return connection

    def take_back(self, connection: Connection) -> None:
        """The connection is free again."""
        if connection.is_open:
            self._idle.append(connection)
        else:
            self._all.discard(connection)

    def push_later(self, connection: Connection) -> None:
        """Try again shortly: the backlog of a unix socket is full, of which the kernel will not tell the end."""
        self._blocked.append(connection)
        self.tend_at = min(self.tend_at, monotonic() + _RETRY_S)

    def tend(self, now: float) -> None:
        """End what has run out of time, push what was blocked."""
        for _ in range(len(self._blocked)):
            connection = self._blocked.popleft()
            if connection.is_busy and not connection.is_open:
                connection.push()
        earliest = now
        for connection in list(self._all):
            if connection.is_busy:
                if connection.sent + self.timeout_s <= now:
                    connection.give_up(now)
                else:
                    earliest = min(earliest, connection.sent)
        self.tend_at = max(earliest + self.timeout_s, now + _SCAN_AT_MOST_EVERY_S)
        if self._blocked:
            self.tend_at = now + _RETRY_S

    def note(self, exc: OSError) -> None:
        """Log why connections cannot be opened, once for each reason."""
        if exc.errno not in self._noted:
            self._noted.add(exc.errno)
            hint = ": every local port was used within the last minute" if exc.errno == errno.EADDRNOTAVAIL else ""
            sys.stderr.write(f"{self._name}: connections are refused: {exc}{hint}\n")

    def close(self) -> None:
        """Close all connections."""
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._idle.clear()
