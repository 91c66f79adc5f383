"""What happens during a run, for whoever shows it."""

from collections.abc import Sequence
from typing import Protocol

from wsgibench.analysis.verdict.interim import Look
from wsgibench.model.engine import LoadDone, Progress, Waiting
from wsgibench.model.learned import Learned
from wsgibench.model.plan import Plan
from wsgibench.model.stack import Stack
from wsgibench.model.trial import Trial


class Listener(Protocol):
    """Is told of each step; what it does with that is its own affair."""

    def begin_run(self, plan: Plan, *, folder: str, trials: int, finished: tuple[Trial, ...]) -> None:
        """A run begins or goes on; ``finished`` are those of its ``trials`` that are there already."""

    def adapt(self, plan: Plan, learned: Sequence[Learned], *, trials: int) -> None:
        """All stacks were looked at, and the plan is as it will be carried out."""

    def begin_trial(self, stack: Stack, *, block: int, number: int) -> None:
        """A stack is started."""

    def stage(self, name: str, stack: Stack | None) -> None:
        """A stack reaches ``start``, ``verify``, ``warm up``, ``look at``, ``measure`` or ``stop``.

        None: all of the block do.
        """

    def waiting(self, waiting: Waiting) -> None:
        """The engine waits for workers on other machines, which ``waiting.command`` starts there."""

    def begin_turn(self, stack: Stack, *, phase: str, number: int, rounds: int) -> None:
        """The load comes to a stack, in round ``number`` of ``rounds`` of the phase, warm-up included."""

    def end_turn(self, done: LoadDone) -> None:
        """It goes on to the next. The phase of ``done`` is none of the plan's where nothing was recorded."""

    def progress(self, progress: Progress) -> None:
        """The engine says how it goes, once a second."""

    def end_trial(self, trial: Trial) -> None:
        """A trial is done or failed, and safe."""

    def look(self, look: Look) -> None:
        """A block has ended, and this is what is settled."""

    def note(self, sentence: str) -> None:
        """Something worth knowing was seen."""


class Silent:
    """Shows nothing."""

    def begin_run(self, plan: Plan, *, folder: str, trials: int, finished: tuple[Trial, ...]) -> None:
        """Nothing."""

    def adapt(self, plan: Plan, learned: Sequence[Learned], *, trials: int) -> None:
        """Nothing."""

    def begin_trial(self, stack: Stack, *, block: int, number: int) -> None:
        """Nothing."""

    def stage(self, name: str, stack: Stack | None) -> None:
        """Nothing."""

    def waiting(self, waiting: Waiting) -> None:
        """Nothing."""

    def begin_turn(self, stack: Stack, *, phase: str, number: int, rounds: int) -> None:
        """Nothing."""

    def end_turn(self, done: LoadDone) -> None:
        """Nothing."""

    def progress(self, progress: Progress) -> None:
        """Nothing."""

    def end_trial(self, trial: Trial) -> None:
        """Nothing."""

    def look(self, look: Look) -> None:
        """Nothing."""

    def note(self, sentence: str) -> None:
        """Nothing."""


SILENT = Silent()
