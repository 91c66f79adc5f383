"""Requests that fall due whatever the server does."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

import msgspec

from wsgibench.errors import UsageError
from wsgibench.model.learned import Learned
from wsgibench.model.load._behaviour import Behaviour, share_of_count
from wsgibench.model.option import Option
from wsgibench.units import parse_rate, parse_share

_SHARE_MOST = 10.0
_CONNECTIONS_MAX = 1000


def rates_of(text: str) -> tuple[float, float]:
    """Where a rate such as ``250/s..2000/s`` begins and ends, per second; 1/s for ``80%``, until it is known of what.

    Raises:
        UsageError: it is no rate.
    """
    if share_of_rate(text) is not None:
        return 1.0, 1.0
    first, dots, last = text.partition("..")
    start_per_s = parse_rate(first)
    return start_per_s, parse_rate(last) if dots else start_per_s


def share_of_rate(text: str | None) -> float | None:
    """The share of what the slowest stack bears that a rate such as ``80%`` asks for; None where it is another.

    Raises:
        UsageError: it asks for nothing, or for more than any share can be.
    """
    if text is None or not text.rstrip().endswith("%"):
        return None
    share = parse_share(text)
    if not 0 < share <= _SHARE_MOST:
        raise UsageError(f"A rate of {text} of what the slowest stack bears is none.", "Give for example 50%.")
    return share


class Rate(Behaviour, tag="rate", frozen=True, kw_only=True):
    """An open model: requests fall due at random moments, whatever the server does.

    Attributes:
        start_per_s: mean rate at the beginning.
        end_per_s: at the end of the measured time; between them it changes linearly.
        arrivals: ``exponential`` gaps (a Poisson process) or ``uniform`` ones (all alike).
        connections_max: beyond so many open connections a due request waits, and its wait counts.
    """

    phase = "steady"
    rows = (
        Option(
            key="rate",
            kind="text",
            metavar="RATE",
            help="Requests fall due at random moments at this mean rate, whatever the stack does: 250/s, 50% of what "
            "the slowest stack bears, or a ramp 250/s..2000/s.",
            check=rates_of,
        ),
        Option(
            key="arrivals",
            kind="choice",
            default="exponential",
            choices=("exponential", "uniform"),
            help="Gaps between the requests of --rate: random as in real traffic, or all alike.",
        ),
        Option(
            key="connections_max",
            kind="integer",
            default=_CONNECTIONS_MAX,
            metavar="N",
            help="With --rate: beyond so many open connections requests wait, and their wait counts.",
            least=1,
        ),
    )

    start_per_s: float
    end_per_s: float
    arrivals: str = "exponential"
    connections_max: int = _CONNECTIONS_MAX

    @classmethod
    def asked(cls, given: Mapping[str, Any]) -> Self | None:
        """By ``--rate``."""
        if given["rate"] is None:
            return None
        start_per_s, end_per_s = rates_of(given["rate"])
        return cls(
            start_per_s=start_per_s,
            end_per_s=end_per_s,
            arrivals=given["arrivals"],
            connections_max=given["connections_max"],
        )

    @property
    def peak_per_s(self) -> float:
        """That of the higher end."""
        return max(self.start_per_s, self.end_per_s)

    @property
    def last_per_s(self) -> float:
        """That of its end."""
        return self.end_per_s

    @property
    def peak_share(self) -> float:
        """The highest rate by the mean one: 1.0 of a steady load."""
        return 2 * self.peak_per_s / (self.start_per_s + self.end_per_s)

    @property
    def is_ramp(self) -> bool:
        """Whether it changes as it goes."""
        return self.start_per_s != self.end_per_s

    @property
    def is_whole(self) -> bool:
        """A ramp spans a trial."""
        return self.is_ramp

    @property
    def under_way_most(self) -> int:
        return self.connections_max

    def rate_per_s(self, *, bears_per_s: float | None) -> float:
        """Its mean."""
        del bears_per_s
        return (self.start_per_s + self.end_per_s) / 2

    def seconds_for(self, requests: int) -> float:
        """On average."""
        return requests / self.rate_per_s(bears_per_s=None)

    def typical_requests(self, learned: Learned) -> int:
        """Rate times time."""
        return int(self.start_per_s * learned.service_s)

    def decided(self, *, rate_per_s: float | None, connections: int | None) -> Self:
        """At that rate throughout."""
        del connections
        if rate_per_s is None:
            return self
        return msgspec.structs.replace(self, start_per_s=rate_per_s, end_per_s=rate_per_s)

    def bounds(self) -> Iterator[tuple[str, float, float, float]]:
        yield from super().bounds()
        yield "start_per_s", self.start_per_s, 0, self.peak_per_s
        yield "end_per_s", self.end_per_s, 0, self.peak_per_s

    def share(self, number: int, of: int) -> Self:
        return msgspec.structs.replace(
            self,
            start_per_s=self.start_per_s / of,
            end_per_s=self.end_per_s / of,
            connections_max=max(share_of_count(self.connections_max, number, of), 1),
        )

    @property
    def briefly(self) -> str:
        """``at 250 requests/s``."""
        return f"at {self._rates} requests/s"

    def in_words(self, share: float | None = None) -> str:
        """``250 requests/s whatever the server does, exponential gaps``; ``share`` is of what the slowest bears."""
        of_slowest = f" ({share:.0%} of what the slowest stack bears)" if share is not None else ""
        return f"{self._rates} requests/s{of_slowest} whatever the server does, {self.arrivals} gaps"

    @property
    def _rates(self) -> str:
        return " to ".join(dict.fromkeys((f"{self.start_per_s:g}", f"{self.end_per_s:g}")))
