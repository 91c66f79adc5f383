"""What happens during a run, for whoever shows it."""

from typing import Protocol

from wsgibench.bench.verdict.looking import Look
from wsgibench.model.engine import Progress, Waiting
from wsgibench.model.plan import Plan
from wsgibench.model.stack import Stack
from wsgibench.model.trial import Trial


class Listener(Protocol):
    """Is told of each step; what it does with that is its own affair."""

    def begin_run(self, plan: Plan, *, folder: str, trials: int, finished: int) -> None:
        """A run begins or goes on; ``finished`` of its ``trials`` are there already."""

    def begin_trial(self, stack: Stack, *, block: int, number: int) -> None:
        """A stack is started."""

    def stage(self, name: str) -> None:
        """The trial reaches a stage: ``start``, ``verify``, ``warm up``, ``measure``, ``stop``."""

    def waiting(self, waiting: Waiting) -> None:
        """The engine waits for workers on other machines, which ``waiting.command`` starts there."""

    def progress(self, progress: Progress) -> None:
        """The engine says how it goes, once a second."""

    def end_trial(self, trial: Trial) -> None:
        """A trial is done or failed, and safe."""

    def look(self, look: Look) -> None:
        """A block has ended, and this is what is settled."""


class Silent:
    """Shows nothing."""

    def begin_run(self, plan: Plan, *, folder: str, trials: int, finished: int) -> None:
        """Nothing."""

    def begin_trial(self, stack: Stack, *, block: int, number: int) -> None:
        """Nothing."""

    def stage(self, name: str) -> None:
        """Nothing."""

    def waiting(self, waiting: Waiting) -> None:
        """Nothing."""

    def progress(self, progress: Progress) -> None:
        """Nothing."""

    def end_trial(self, trial: Trial) -> None:
        """Nothing."""

    def look(self, look: Look) -> None:
        """Nothing."""
