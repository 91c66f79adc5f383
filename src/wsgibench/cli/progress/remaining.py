"""How long a run will still take."""

import time
from collections.abc import Callable

from wsgibench.model.plan import Plan

_TURN_SHARE = 1.25
_OVERHEAD_S = 1.5
"""What a trial costs beside its load, until the first ones have shown it."""


class Remaining:
    """From how long its trials took so far, and never more than the budget leaves."""

    def __init__(
        self,
        plan: Plan,
        trials: int,
        *,
        began: "Remaining | None" = None,
        curve_s: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Of a run that ``began`` with another plan, time counts on; its trials cost what they cost by this one.

        ``curve_s`` is what a curve takes in each.
        """
        # A turn has a lead and a drain beside its load.
        share = _TURN_SHARE if plan.turn_s else 1.0
        self._each_s = sum(phase.total_s for phase in plan.phases) * share + _OVERHEAD_S + curve_s
        self._budget_s = plan.budget_s
        self._left, self._ended = trials, 0
        self._clock = clock
        self._first_s = self._last_s = clock()
        self._began_s = self._last_s - (began.elapsed_s if began else 0.0)

    def end(self) -> None:
        """A trial has ended."""
        self._left -= 1
        self._ended += 1
        self._last_s = self._clock()
        self._each_s = (self._last_s - self._first_s) / self._ended

    def add(self, trials: int) -> None:
        """There are so many more."""
        self._left += trials

    @property
    def elapsed_s(self) -> float:
        """Since it was made, or what ``began`` was."""
        return self._clock() - self._began_s

    def seconds(self) -> float:
        """What is left at most, what is at hand included."""
        left_s = self._left * self._each_s - (self._clock() - self._last_s)
        if self._budget_s is not None:
            left_s = min(left_s, self._budget_s - self.elapsed_s)
        return max(left_s, 0.0)
