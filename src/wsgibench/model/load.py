"""What the clients do."""

from wsgibench.model.record import Record


class Users(Record, tag="users", frozen=True, kw_only=True):
    """A closed model: so many users, ``spawn_rate_per_s`` more each second, each waiting between its requests."""

    count: int
    spawn_rate_per_s: float
    wait_min_s: float = 1.0
    wait_max_s: float = 3.0


class Rate(Record, tag="rate", frozen=True, kw_only=True):
    """An open model: requests fall due at random moments, whatever the server does.

    Attributes:
        start_per_s: mean rate at the beginning.
        end_per_s: at the end of the measured time; between them it changes linearly.
        arrivals: ``exponential`` gaps (a Poisson process) or ``uniform`` ones (all alike).
        connections_max: beyond so many open connections a due request waits, and its wait counts.
    """

    start_per_s: float
    end_per_s: float
    arrivals: str = "exponential"
    connections_max: int = 1000

    @property
    def is_ramp(self) -> bool:
        """Whether it changes as it goes."""
        return self.start_per_s != self.end_per_s

    @property
    def peak_share(self) -> float:
        """The highest rate by the mean one: 1.0 of a steady load."""
        return 2 * max(self.start_per_s, self.end_per_s) / (self.start_per_s + self.end_per_s)


class Connections(Record, tag="connections", frozen=True, kw_only=True):
    """A closed model without waits: each connection sends as soon as it has its answer."""

    count: int


Load = Users | Rate | Connections


_ENCLOSING = ("POST", "PUT", "PATCH")
"""Methods whose requests say their length even where there is no body: RFC 9110, section 8.6."""
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
"""Methods that change nothing: RFC 9110, section 9.2.1."""


class Requests(Record, frozen=True, kw_only=True):
    """What is asked, by whoever asks: readiness, verification, warm-up and every engine.

    Attributes:
        paths: templates, each as likely as the others; ``{id}`` is a whole number drawn uniformly from ``first_id`` to
            ``last_id``, ``{word}`` one of ``words``. Both are percent-encoded where need be, and sent as they stand.
        headers: sent with each request; one of ours of the same name is left out.
        body: sent with each request.
        expect: statuses that are right; without any, all from 200 to 299 are.
    """

    paths: tuple[str, ...]
    first_id: int = 1
    last_id: int = 1
    words: tuple[str, ...] = ()
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    timeout_s: float = 10.0
    expect: tuple[int, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether they are of a method that may change what the app keeps."""
        return self.method not in _SAFE

    def is_right(self, status: int) -> bool:
        """Whether an answer of that status is a good one."""
        return status in self.expect if self.expect else 200 <= status < 300

    def headers_to(self, host: str) -> tuple[tuple[str, str], ...]:
        """All headers of a request, in the order in which they are sent."""
        ours = {"Host": host, "User-Agent": "wsgibench", "Accept": "*/*", "Accept-Encoding": "identity"}
        if self.body is not None or self.method in _ENCLOSING:
            ours["Content-Length"] = str(len((self.body or "").encode()))
        given = {name.lower() for name, _ in self.headers}
        return (*((name, value) for name, value in ours.items() if name.lower() not in given), *self.headers)
