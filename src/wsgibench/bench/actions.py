"""What is done to running stacks at chosen moments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing done to the stacks that are up, at its time.

    Attributes:
        at_s: seconds since the measuring began; done within a fraction of a second of it, be the load as it may.
        do: does it, and returns at once; given the process ids of each stack by role, by label.
        planned: the gates that look for just what it does, and are not asked.
    """

    name: str
    at_s: float
    do: Callable[[Mapping[str, Mapping[str, Sequence[int]]]], None]
    planned: tuple[str, ...] = ()
