"""What planning, gates and report want to know of a load."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from wsgibench.model.learned import Learned
from wsgibench.model.option import Option
from wsgibench.model.record import Record

_CLIENTS_MOST = 10_000_000
_RATE_MOST_PER_S = 1e9
TIME_MOST_S = 100 * 86_400.0
_SAID_BY_EACH = ("phase", "asked", "under_way_most", "share", "briefly", "in_words")


class Behaviour(Record, frozen=True, kw_only=True):
    """What holds of a load that says nothing else: a closed model that asks for less than all, from its first moment.

    Attributes:
        saturates: whether it asks for as much as a stack can answer, so that requests/s are the stack's doing.
        has_waits: whether its clients wait between their requests, so that few requests vary at random.
        phase: what it is called in a run that was asked for it.
        has_company: whether a run may have another load beside it.
        rows: the options that ask for it, in the table of options.

    Raises:
        TypeError: a load is defined that leaves out what nothing holds of unless it is said (``_SAID_BY_EACH``).
    """

    saturates: ClassVar[bool] = False
    has_waits: ClassVar[bool] = False
    phase: ClassVar[str]
    has_company: ClassVar[bool] = True
    rows: ClassVar[tuple[Option, ...]] = ()

    def __init_subclass__(cls) -> None:
        if missing := [name for name in _SAID_BY_EACH if name not in vars(cls)]:
            raise TypeError(f"The load {cls.__name__} does not say: {', '.join(missing)}.")

    @classmethod
    def asked(cls, given: Mapping[str, Any]) -> Self | None:
        """The load that values of its options, by their fields, ask for; None where they do not."""
        raise NotImplementedError

    @property
    def kind(self) -> str:
        """Its name among the loads that an engine can make: ``rate``."""
        return str(self.__struct_config__.tag)

    @property
    def is_open(self) -> bool:
        """Whether requests fall due whatever the server does."""
        return self.peak_per_s is not None

    @property
    def peak_per_s(self) -> float | None:
        """The highest rate at which requests fall due; None of a closed model."""
        return None

    @property
    def last_per_s(self) -> float | None:
        """The rate at which requests fall due at the end; None of a closed model."""
        return None

    @property
    def peak_share(self) -> float:
        """The highest rate by the mean one: 1.0 of a steady load."""
        return 1.0

    @property
    def is_ramp(self) -> bool:
        """Whether what it asks for changes as it goes."""
        return False

    @property
    def is_whole(self) -> bool:
        """Whether it means something only in one piece, and not in turns."""
        return False

    @property
    def ramp_s(self) -> float:
        """How long it takes until all its clients are there, before warm-up and record."""
        return 0.0

    @property
    def population(self) -> int | None:
        """How many clients it has, each with one request at most; None of an open model."""
        return None

    @property
    def under_way_most(self) -> int:
        """How many requests can be under way at once."""
        raise NotImplementedError

    @property
    def wait_mean_s(self) -> float:
        """How long a client waits between an answer and its next request."""
        return 0.0

    def rate_per_s(self, *, bears_per_s: float | None) -> float | None:
        """Requests/s under it, of a stack that bears so many; None where that decides and is not known."""
        return bears_per_s

    def seconds_for(self, requests: int) -> float:
        """How long it takes to ask for so many; 0.0 where the server decides."""
        del requests
        return 0.0

    def utilisation_of(self, learned: Learned) -> float:
        """What it asks for at most, as a share of what the stack bears; 1.0 where the server decides."""
        return 1.0 if self.peak_per_s is None else min(self.peak_per_s / learned.bears_per_s, 1.0)

    def drain_s(self, learned: Learned) -> float:
        """Until what is under way when sending ends has been answered."""
        return learned.service_s

    def typical_requests(self, learned: Learned) -> int:
        """How many requests are under way where none has to wait for another (Little's law); 0 where nobody knows."""
        del learned
        return 0

    def decided(self, *, rate_per_s: float | None, connections: int | None) -> Self:
        """The load, with what was left open about it decided; None leaves it as it is."""
        del rate_per_s, connections
        return self

    def bounds(self) -> Iterator[tuple[str, float, float, float]]:
        """Names and figures, each with the least and the most with which it can be carried out."""
        yield "under_way_most", self.under_way_most, 1, _CLIENTS_MOST
        if self.peak_per_s is not None:
            yield "peak_per_s", self.peak_per_s, 1e-9, _RATE_MOST_PER_S

    def share(self, number: int, of: int) -> Self:
        """What process ``number``, from 0, of so many has to do of it; all together do all of it."""
        raise NotImplementedError

    @property
    def briefly(self) -> str:
        """After a noun: ``at 250 requests/s``."""
        raise NotImplementedError

    def in_words(self, share: float | None = None) -> str:
        """All that there is to say; ``share`` is what it asks for of what the slowest stack bears, where known."""
        raise NotImplementedError


def share_of_count(count: int, number: int, of: int) -> int:
    """The whole number of ``count`` things that falls to this one; all together get all of them."""
    return count * (number + 1) // of - count * number // of
