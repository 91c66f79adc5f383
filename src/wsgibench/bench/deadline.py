"""The budget's end, which nothing outlasts."""

import time
from typing import Protocol

from wsgibench.errors import OutOfTimeError
from wsgibench.stats.looks import FIRST_LOOK
from wsgibench.units import format_duration, round_duration

_HELD_SHARE = 0.1
_GRACE_SHARE = 0.05
"""A block that is nearly done is not thrown away; what it takes to end all is within the 10 % that a budget holds."""


class Clock(Protocol):
    """The module ``time``, or one that a test turns forward."""

    def time(self) -> float:
        """Seconds since the epoch."""

    def monotonic(self) -> float:
        """Seconds since some moment; they never go back."""

    def sleep(self, seconds: float, /) -> None:
        """Return when so many seconds have passed."""


class Deadline:
    """Counts from when it was made; without a budget it never comes."""

    def __init__(self, budget_s: float | None, *, ending_s: float = 0.0, clock: Clock = time) -> None:
        """``ending_s`` is what it takes to stop all that is up."""
        self._budget_s = budget_s
        held_s = _HELD_SHARE * (budget_s or 0.0) - ending_s
        self._grace_s = max(min(held_s, _GRACE_SHARE * (budget_s or 0.0)), 0.0)
        self._clock = clock
        self._began_s = clock.monotonic()

    @property
    def spent_s(self) -> float:
        """Seconds so far."""
        return self._clock.monotonic() - self._began_s

    @property
    def left_s(self) -> float | None:
        """Seconds that are left, below 0 when it is over; None where there is no end."""
        return None if self._budget_s is None else self._budget_s - self.spent_s

    def check(self) -> None:
        """Return while there is time.

        Raises:
            OutOfTimeError: there is none. It says what to do where there is not a single trial by then.
        """
        left_s = self.left_s
        if left_s is not None and left_s < -self._grace_s:
            budget_s = self._budget_s or 0.0
            raise OutOfTimeError(
                f"The budget of {format_duration(budget_s)} was used up before one block was measured.",
                f"A ranking takes {FIRST_LOOK} blocks at least: give --budget "
                f"{round_duration((FIRST_LOOK + 1) * budget_s)}, or fewer stacks.",
            )
