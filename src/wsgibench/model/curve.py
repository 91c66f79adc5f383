"""A load that is a ladder of rates, and what must hold for a rate to be borne."""

from wsgibench.model.record import Record

CURVE = "curve"
"""What a run calls it, where other loads have the name of their phase."""
ERRORS = "errors"
AGAIN = "again"
"""How the name of the rung begins that is measured again when a stack has been asked for more than it bears."""


class Limit(Record, frozen=True, kw_only=True):
    """What a rate must keep: ``p99 < 100ms``, ``errors < 0.1%``.

    Attributes:
        figure: a percentile of response times, ``p99``, or ``errors``.
        most: seconds, or a share of the requests.
        share: of the requests, that may break it.
        text: as it is written.
    """

    figure: str
    most: float
    share: float
    text: str

    @property
    def is_of_errors(self) -> bool:
        """Whether failed requests break it, and not slow ones."""
        return self.figure == ERRORS


class Curve(Record, frozen=True, kw_only=True):
    """All candidates at rates from light load to just above what each bears, which each block finds anew.

    Attributes:
        limits: that a rate must keep.
        hold_s: how long each rate is held; None for as long as the candidate and the limits take.
        requests: as many as a rate is held for at least where it decides, at what the candidate bears; fewer where the
            budget has no room.
        hold_share: of the time that a rate would be held, so much: less where there would be too few blocks else.
        connections_max: see ``Rate``.
        wanted_per_s: the rate that is asked about (``--for``).
    """

    limits: tuple[Limit, ...]
    hold_s: float | None = None
    requests: int = 2000
    hold_share: float = 1.0
    connections_max: int = 1000
    wanted_per_s: float | None = None
