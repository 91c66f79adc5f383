"""What happens during a run, for whoever shows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wsgibench.analysis.verdict.interim import Look
from wsgibench.model.engine import LoadDone, Progress, Waiting
from wsgibench.model.learned import Learned
from wsgibench.model.plan import Plan
from wsgibench.model.stack import Stack
from wsgibench.model.trial import Trial


@dataclass(frozen=True, kw_only=True)
class RunBegan:
    """A run begins or goes on; ``finished`` are those of its ``trials`` that are there already."""

    plan: Plan
    folder: str
    trials: int
    finished: tuple[Trial, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PlanAdapted:
    """All stacks were looked at, and the plan is as it will be carried out."""

    plan: Plan
    learned: Sequence[Learned]
    trials: int


@dataclass(frozen=True, kw_only=True)
class BlocksAdded:
    """There is time for more ``blocks`` than were planned, and so for more ``trials``; both are all of the run."""

    blocks: int
    trials: int


@dataclass(frozen=True, kw_only=True)
class TrialBegan:
    """A stack is started."""

    stack: Stack
    block: int
    number: int


@dataclass(frozen=True, kw_only=True)
class StageReached:
    """A stack reaches ``start``, ``verify``, ``warm up``, ``look at``, ``measure``, ``sample`` or ``stop``.

    None: all of the block do.
    """

    name: str
    stack: Stack | None


@dataclass(frozen=True, kw_only=True)
class TurnBegan:
    """The load comes to a stack, in round ``number`` of ``rounds`` of the phase, warm-up included."""

    stack: Stack
    phase: str
    number: int
    rounds: int


@dataclass(frozen=True, kw_only=True)
class Noted:
    """Something worth knowing was seen."""

    sentence: str


_Made = RunBegan | PlanAdapted | BlocksAdded | TrialBegan | StageReached | TurnBegan | Noted
Event = _Made | Waiting | Progress | LoadDone | Trial | Look
"""Beside those above: the engine waits for workers on other machines, or says how it goes, once a second; a turn has
ended (its phase is none of the plan's where nothing was recorded); a trial is done or failed, and safe; a block has
ended, and this is what is settled."""

Listener = Callable[[Event], None]
"""Is told of each; what it does with that is its own affair."""


def silent(event: Event) -> None:
    """Shows nothing."""
    del event
