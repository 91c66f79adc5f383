"""A request on a connection of the native engine, without the engine around it."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from wsgibench.engines._native.bodies import Bodies, FirstBodies
from wsgibench.engines._native.connection import Connection
from wsgibench.engines._native.poller import Poller
from wsgibench.engines._native.pool import Pool
from wsgibench.engines._native.tally import Tally
from wsgibench.model.address import Address
from wsgibench.model.answers import checksum_of
from wsgibench.model.engine import Target
from wsgibench.model.load import Requests


class Sending:
    """Asks one thing at a time and keeps how each ended."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.connection = pool.new()
        self.outcomes: list[str] = []
        self.latency_s = 0.0

    def ask(self, method: str = "GET", body: bytes = b"", expected: bytes | None = None) -> str:
        """How a request ends; ``wrong_body`` where what came is not what was expected."""
        head = f"{method} / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        before = len(self.outcomes)
        now = monotonic()
        self.pool.bodies.known.clear()
        self.connection.send(head + body, now, now, self)
        limit = monotonic() + self.pool.timeout_s + 5
        while len(self.outcomes) == before:
            assert monotonic() < limit, "the request hangs"
            self.pool.tend(monotonic())
            self.pool.endpoint.poller.wait(min(self.pool.endpoint.tend_at, limit))
        came = self.pool.bodies.known.get(head + body)
        if self.outcomes[-1] == "ok" and expected is not None and came != checksum_of(expected):
            return "wrong_body"
        return self.outcomes[-1]

    def wait(self, seconds: float) -> None:
        """Handle events for so long."""
        until = monotonic() + seconds
        while monotonic() < until:
            self.pool.endpoint.poller.wait(until)

    def on_response(self, connection: Connection, outcome: str, now: float) -> None:
        self.latency_s = now - connection.start
        self.outcomes.append(outcome)

    def events(self) -> dict[str, int]:
        """What was counted beside."""
        connects, races = self.pool.tally.recording().events.totals(2)
        return {"connects": int(connects), "keepalive_races": int(races)}


@contextmanager
def sending(
    address: Address, *, method: str = "GET", timeout_s: float = 5.0, tls: bool = False, expect: tuple[int, ...] = ()
) -> Iterator[Sending]:
    """A pool with one connection to the address."""
    poller = Poller()
    target = Target(name="stack", address=address, tls=tls)
    requests = Requests(paths=("/",), method=method, timeout_s=timeout_s, expect=expect)
    pool = Pool(target, requests, poller, Bodies(FirstBodies()))
    pool.count_in(Tally())
    pool.tally.begin()
    pool.tally.record(monotonic())
    try:
        yield Sending(pool)
    finally:
        pool.close()
        poller.close()
