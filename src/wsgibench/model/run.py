"""A run as its folder keeps it."""

from collections.abc import Sequence

from wsgibench.model.environment import Environment
from wsgibench.model.interpreter import Interpreter
from wsgibench.model.learned import Learned
from wsgibench.model.made_with import MadeWith
from wsgibench.model.plan import Plan
from wsgibench.model.record import Record
from wsgibench.model.trial import Trial
from wsgibench.model.verdict import Stop

FORMAT = 2
"""Of the run folder. From 2 on all that a trial's figures and gates follow from is in it, and is held against them."""
FORMATS = (1, FORMAT)
"""Those that can be read; folders of another one are refused."""


class Machine(Record, frozen=True, kw_only=True):
    """Where a run took place."""

    cpu: str
    cores: int
    memory_bytes: int
    system: str
    python: str
    hypervisor: str | None = None


class Run(Record, frozen=True, kw_only=True):
    """``run.json``: what is fixed when the run begins, and its status.

    Attributes:
        status: ``running``, ``done``, ``interrupted``, ``failed``.
        versions: of wsgibench, servers, proxies, engine, monitor, by name; ``python`` is wsgibench's own.
        interpreter: the app's; None in runs of before it was kept.
        command: the command line that made it.
        created_s, ended_s: seconds since the epoch.
        viewers: how many watched the live page at once, at most; each costs CPU. None where there was none to watch.
        environment: which of the shell's variables the stacks got; None in runs of before it was kept.
        stop: why there were no more blocks; None while there may be.
        learned: what the first look at each stack found; the plan follows from it where it was left open. None before
            the look; without stacks of which nothing could be learned.
        apart: variants whose files were on another file system than those of the first.
        changed: variants whose checkouts changed while they were measured.
        made_with: what has to be known of servers, engine and monitor to read it; None in runs of before it was kept.
    """

    plan: Plan
    machine: Machine
    versions: dict[str, str]
    command: tuple[str, ...]
    created_s: float
    status: str = "running"
    ended_s: float | None = None
    stop: Stop | None = None
    viewers: int | None = None
    learned: tuple[Learned, ...] | None = None
    environment: Environment | None = None
    interpreter: Interpreter | None = None
    format: int = FORMAT
    made_with: MadeWith | None = None
    apart: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def learned_by_stack(self) -> dict[str, Learned]:
        """What the first look found, by the stack's label."""
        return {each.stack: each for each in self.learned or ()}


def apart_in_words(names: Sequence[str], first: str) -> str:
    """A sentence that names them, and the variant that they are not with."""
    return f"The files of {' and '.join(names)} are on another file system than those of {first}."


class FinishedRun(Record, frozen=True, kw_only=True):
    """A run with the trials that it has.

    ``left_out`` are sentences about finished trials in its folder that are none of its, or cannot be read.
    """

    folder: str
    run: Run
    trials: tuple[Trial, ...]
    left_out: tuple[str, ...] = ()
