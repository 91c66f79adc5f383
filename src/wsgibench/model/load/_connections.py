"""As many requests as so many connections can carry."""

from collections.abc import Mapping
from math import ceil
from typing import Any, Self

import msgspec

from wsgibench.model.learned import Learned
from wsgibench.model.load._behaviour import Behaviour, share_of_count
from wsgibench.model.option import Option
from wsgibench.units import counted


class Connections(Behaviour, tag="connections", frozen=True, kw_only=True):
    """A closed model without waits: each connection sends as soon as it has its answer."""

    saturates = True
    phase = "saturated"
    rows = (
        Option(
            key="connections",
            kind="integer",
            metavar="N",
            help="So many connections, each sending as soon as it has its answer: the most that a stack can do.",
            least=1,
        ),
    )

    count: int

    @classmethod
    def asked(cls, given: Mapping[str, Any]) -> Self | None:
        """By ``--connections``."""
        return None if given["connections"] is None else cls(count=given["connections"])

    @property
    def population(self) -> int:
        return self.count

    @property
    def under_way_most(self) -> int:
        return self.count

    def drain_s(self, learned: Learned) -> float:
        """All of them wait for an answer."""
        return self.count / learned.bears_per_s

    def typical_requests(self, learned: Learned) -> int:
        """As many as the stack can answer at once."""
        return ceil(learned.bears_per_s * learned.service_s)

    def decided(self, *, rate_per_s: float | None, connections: int | None) -> Self:
        """With so many."""
        del rate_per_s
        return self if connections is None else msgspec.structs.replace(self, count=connections)

    def share(self, number: int, of: int) -> Self:
        return msgspec.structs.replace(self, count=share_of_count(self.count, number, of))

    @property
    def briefly(self) -> str:
        """``over 32 connections``."""
        return f"over {counted(self.count, 'connection')}"

    def in_words(self, share: float | None = None) -> str:
        """``32 connections, each asking again as soon as it has its answer``."""
        del share
        return f"{counted(self.count, 'connection')}, each asking again as soon as it has its answer"
