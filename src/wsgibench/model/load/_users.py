"""Users who wait between their requests."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

import msgspec

from wsgibench.model.load._behaviour import TIME_MOST_S, Behaviour, share_of_count
from wsgibench.model.option import Option
from wsgibench.units import counted

_SPAWN_RATE_PER_S = 100.0
"""Unasked; all at once, where there are no more."""


class Users(Behaviour, tag="users", frozen=True, kw_only=True):
    """A closed model: so many users, ``spawn_rate_per_s`` more each second, each waiting between its requests."""

    has_waits = True
    phase = "users"
    has_company = False
    rows = (
        Option(
            key="users", kind="integer", least=1, metavar="N", help="So many users, who wait 1 to 3 s between requests."
        ),
        Option(
            key="spawn_rate",
            field="spawn_rate_per_s",
            kind="rate",
            metavar="RATE",
            help="How many users start each second.",
        ),
    )

    count: int
    spawn_rate_per_s: float
    wait_min_s: float = 1.0
    wait_max_s: float = 3.0

    @classmethod
    def asked(cls, given: Mapping[str, Any]) -> Self | None:
        """By ``--users``."""
        count = given["users"]
        if count is None:
            return None
        return cls(count=count, spawn_rate_per_s=given["spawn_rate_per_s"] or min(_SPAWN_RATE_PER_S, count))

    @property
    def is_whole(self) -> bool:
        """Users live through a trial."""
        return True

    @property
    def ramp_s(self) -> float:
        """Until the last of them has come."""
        return self.count / self.spawn_rate_per_s

    @property
    def population(self) -> int:
        return self.count

    @property
    def under_way_most(self) -> int:
        return self.count

    @property
    def wait_mean_s(self) -> float:
        """Waits are uniform."""
        return (self.wait_min_s + self.wait_max_s) / 2

    def rate_per_s(self, *, bears_per_s: float | None) -> float | None:
        """What they ask for if answers take no time."""
        return self.count / self.wait_mean_s if self.wait_mean_s > 0 else bears_per_s

    def bounds(self) -> Iterator[tuple[str, float, float, float]]:
        yield from super().bounds()
        yield "ramp_s", self.count / max(self.spawn_rate_per_s, 1e-12), 0, TIME_MOST_S
        yield "wait_min_s", self.wait_min_s, 0, TIME_MOST_S
        yield "wait_max_s", self.wait_max_s, self.wait_min_s, TIME_MOST_S

    def share(self, number: int, of: int) -> Self:
        return msgspec.structs.replace(
            self, count=share_of_count(self.count, number, of), spawn_rate_per_s=self.spawn_rate_per_s / of
        )

    @property
    def briefly(self) -> str:
        """``with 500 users``."""
        return f"with {counted(self.count, 'user')}"

    def in_words(self, share: float | None = None) -> str:
        """``500 users, 10 more each second, waits of 1 to 3 s``."""
        del share
        waits = f"waits of {self.wait_min_s:g} to {self.wait_max_s:g} s"
        return f"{counted(self.count, 'user')}, {self.spawn_rate_per_s:g} more each second, {waits}"
