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


class Requests(Record, frozen=True, kw_only=True):
    """What is asked.

    Attributes:
        paths: templates, each as likely as the others; ``{id}`` is a whole number drawn uniformly from ``first_id`` to
            ``last_id``, ``{word}`` one of ``words``. Both are percent-encoded where need be, and sent as they stand.
        headers: sent with each request, beside Host.
        body: sent with each request.
    """

    paths: tuple[str, ...]
    first_id: int = 1
    last_id: int = 1
    words: tuple[str, ...] = ()
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    timeout_s: float = 10.0
