"""Requests that fall due whatever the server does."""

from typing import Self

import msgspec

from wsgibench.model.learned import Learned
from wsgibench.model.load._behaviour import Behaviour, share_of_count


class Rate(Behaviour, tag="rate", frozen=True, kw_only=True):
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
        """How many requests can be under way at once."""
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

    def share(self, number: int, of: int) -> Self:
        """What process ``number``, from 0, of so many has to do of it; all together do all of it."""
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
