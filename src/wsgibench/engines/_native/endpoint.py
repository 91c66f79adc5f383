"""What all connections to one target have in common."""

import errno
import math
import sys
from collections import deque
from collections.abc import Callable
from time import monotonic

from wsgibench.engines._native.bodies import Bodies
from wsgibench.engines._native.poller import Poller
from wsgibench.engines._native.response import HeadCache
from wsgibench.engines._native.tally import Tally
from wsgibench.engines._native.transport import opener
from wsgibench.model.engine import Target
from wsgibench.model.load import Requests

_IDEMPOTENT = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"}
RETRY_S = 0.001


class Endpoint:
    """How the target is reached and asked, and where it is counted and kept what it answers.

    Attributes:
        tally: of the load that runs now.
        bodies: what the target answered.
        open: begins to open a socket.
        connections: how many there are.
        blocked: those that are to try again to open theirs.
        tend_at: when their pool is to look after all of them next, on CLOCK_MONOTONIC.
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
        self.connections = 0
        self.blocked: deque[Callable[[], None]] = deque()
        self.tend_at = -math.inf
        self._name = target.name
        self._noted: set[int | None] = set()

    @property
    def has_one_connection(self) -> bool:
        """Whether the server stands idle from an answer to the next request, which therefore goes before all else.

        With more it does not, and where it closes after each answer it has 3 % less to do if the client closes sooner.
        """
        return self.connections == 1

    def push_later(self, push: Callable[[], None]) -> None:
        """Try again shortly: the backlog of a unix socket is full, of which the kernel will not tell the end."""
        self.blocked.append(push)
        self.tend_at = min(self.tend_at, monotonic() + RETRY_S)

    def note(self, exc: OSError) -> None:
        """Log why connections cannot be opened, once for each reason."""
        if exc.errno not in self._noted:
            self._noted.add(exc.errno)
            hint = ": every local port was used within the last minute" if exc.errno == errno.EADDRNOTAVAIL else ""
            sys.stderr.write(f"{self._name}: connections are refused: {exc}{hint}\n")
