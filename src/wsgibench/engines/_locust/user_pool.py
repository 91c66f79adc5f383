"""What the engine asks of those who send: this process alone, or workers."""

from typing import Protocol

from wsgibench.engines._locust.assignment import Assignment
from wsgibench.engines._locust.locust_process import Report
from wsgibench.engines._locust.recorder import Tally


class UserPool(Protocol):
    """Those who send."""

    def ramp(self, assignment: Assignment) -> None:
        """Start the users; returns when all are there."""

    def begin(self) -> None:
        """From now on requests are recorded."""

    def end(self) -> Report:
        """Send no more, and wait for what is in flight."""

    def tally(self) -> tuple[int, Tally]:
        """Users that are there, and requests since the last call.

        Raises:
            EngineError: one who sends was lost.
        """

    def leave(self) -> None:
        """The work is done."""
