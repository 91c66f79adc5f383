"""What the gates look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from wsgibench.model.answers import ComparedBodies
from wsgibench.model.load import Load
from wsgibench.model.monitor import Sample
from wsgibench.model.plan import Thresholds
from wsgibench.model.recording import Recording
from wsgibench.model.trial import PhaseFigures, WorkerCount

OTHERS_NOTICED = 0.02
"""Of the stack's cores: from here on what else ran may have kept stack or engine from their work in time."""


class Piece(Protocol):
    """A load in one go, as the engine told of it or as a trial's record keeps it (``model.engine.LoadDone``)."""

    @property
    def kept_up(self) -> bool:
        """Whether the stack did with what it was sent."""

    @property
    def has_settled(self) -> bool:
        """Whether sending ended when it was to end."""

    @property
    def pending(self) -> int:
        """Requests without an answer then."""


@dataclass(frozen=True, kw_only=True)
class PhaseEvidence:
    """One phase.

    Attributes:
        engine_cores: how many cores the engine's processes could use.
        pieces: what is known of each turn, or of the whole.
        in_turns: whether those were turns among other stacks'.
        bears_per_s: what the stack was found to bear before, where more connections would hardly have got more.
        shared_cores: how many of them the stack could use, too.
        app_said: what the last exception in the server's log says; empty where there is none.
        other_cpu_share: CPU that others used of the stack's cores in the whole trial; None where nobody looked.
        is_rung: whether it is a rate of a curve, which goes on to where a stack does not keep up.
        is_beyond: whether it is one above that at which a limit was found to be broken: a capacity follows from both
            sides of its limit, and of what is further above it matters no more than that it is broken there as well.
    """

    name: str
    load: Load
    figures: PhaseFigures
    recording: Recording
    engine_cores: int
    thresholds: Thresholds
    pieces: Sequence[Piece] = ()
    in_turns: bool = False
    bears_per_s: float | None = None
    shared_cores: int = 0
    app_said: str = ""
    other_cpu_share: float | None = None
    is_rung: bool = False
    is_beyond: bool = False

    @property
    def peak_share(self) -> float:
        """What is asked at most by what is asked on average: what costs the engine in proportion did so there."""
        return self.load.peak_share

    @property
    def at_the_top(self) -> str:
        """What a sentence about a ramp says of when; empty of other loads."""
        return " at the top of the ramp (in proportion to the rate)" if self.peak_share > 1 else ""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A whole trial.

    Attributes:
        samples: of the measured time.
        expected_samples: how many the monitor should have taken in it.
        monitor_died: whether the monitor ended before it was told.
        monitor_warnings: what had to be tolerated in what it wrote.
        restarts: workers of the server or proxy that were replaced; None where no monitor counts them.
        idle_cpu_share: CPU that the stack used outside its turns, as a share of one core; None without turns.
        other_cpu_share: CPU that others used of the stack's cores while it was measured; None where nobody looked.
        worker_counts: at the beginning of the measured time, and at its end.
        planned: gates that are not asked, since what they look for was done on purpose.
        alone_s: how long an answer took, one at a time, before the warm-up and after all; empty where nobody looked.
        bodies: how answers compare with those of other stacks; None where they were not, or are not yet.
        must_compare: whether there are others to compare them with.
    """

    phases: Sequence[PhaseEvidence]
    samples: Sequence[Sample]
    expected_samples: int
    monitor_died: bool
    monitor_warnings: Sequence[str]
    restarts: int | None
    idle_cpu_share: float | None
    thresholds: Thresholds
    other_cpu_share: float | None = None
    worker_counts: Sequence[WorkerCount] = ()
    bodies: ComparedBodies | None = None
    must_compare: bool = False
    planned: tuple[str, ...] = ()
    alone_s: tuple[float, ...] = ()
