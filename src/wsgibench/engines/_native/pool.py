"""The connections to one target; they outlive the turns."""

from wsgibench.engines._native.bodies import Bodies
from wsgibench.engines._native.connection import Connection
from wsgibench.engines._native.endpoint import RETRY_S, Endpoint
from wsgibench.engines._native.poller import Poller
from wsgibench.engines._native.tally import Tally
from wsgibench.model.engine import Target
from wsgibench.model.load import Requests

_SCAN_AT_MOST_EVERY_S = 0.01


class Pool:
    """Lends connections, and ends the requests that take too long.

    A time-out needs no timer of its own: no request can run out sooner than the earliest one that was under way at the
    last look round, so the next look round is due then. In a healthy load that is once in ``timeout_s``.

    Attributes:
        endpoint: what its connections have in common.
        tally: of the load that runs now.
    """

    tally: Tally

    def __init__(self, target: Target, requests: Requests, poller: Poller, bodies: Bodies) -> None:
        self.endpoint = Endpoint(target, requests, poller, bodies)
        self.timeout_s = requests.timeout_s
        self._idle: list[Connection] = []
        self._all: set[Connection] = set()

    @property
    def bodies(self) -> Bodies:
        """What the target answered."""
        return self.endpoint.bodies

    def count_in(self, tally: Tally) -> None:
        """Count there what happens from now on."""
        self.tally = self.endpoint.tally = tally

    def idle(self) -> Connection | None:
        """An open connection without a request, the one that was used last; None where there is none."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
            self._discard(connection)
        return None

    def new(self) -> Connection:
        """A connection that has yet to be opened."""
        connection = Connection(self.endpoint)
        self._all.add(connection)
        self.endpoint.connections = len(self._all)
        return connection

    def take_back(self, connection: Connection) -> None:
        """The connection is free again."""
        if connection.is_open:
            self._idle.append(connection)
        else:
            self._discard(connection)

    def tend(self, now: float) -> None:
        """End what has run out of time, push what was blocked."""
        blocked = self.endpoint.blocked
        for _ in range(len(blocked)):
            blocked.popleft()()
        earliest = now
        for connection in list(self._all):
            if connection.is_busy:
                if connection.sent + self.timeout_s <= now:
                    connection.give_up(now)
                else:
                    earliest = min(earliest, connection.sent)
        self.endpoint.tend_at = max(earliest + self.timeout_s, now + _SCAN_AT_MOST_EVERY_S)
        if blocked:
            self.endpoint.tend_at = now + RETRY_S

    def close(self) -> None:
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._idle.clear()
        self.endpoint.connections = 0

    def _discard(self, connection: Connection) -> None:
        self._all.discard(connection)
        self.endpoint.connections = len(self._all)
