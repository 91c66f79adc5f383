"""How the bench and a load engine talk.

An engine is a child process. It reads an ``EngineJob`` from the file that its last argument names, writes one JSON
object a line to stdout (``EngineEvent``: first ``Ready``, or ``Waiting`` until it is), and reads one JSON object a line
from stdin (``EngineCommand``). It ends when it is told to ``Finish``, or when stdin closes: so none outlives the
process that started it. What it says on stderr is its log.

For each ``RunLoad`` it sends the load, answers ``Progress`` once a second, ``Measuring`` when a ramp or warm-up ends,
and ``LoadDone`` when the last request of it has been answered or given up. An engine with turns takes any number of
``RunLoad`` for any target and phase, and keeps its connections in between; one without takes a single one. At
``Finish`` it writes for each target and phase that had load ``<directory>/<target>/<phase>.npz`` (see
``model.recording``), and for each target what its paths were answered with (``model.answers``), answers ``Written`` and
exits 0.

What is asked follows from the job's ``order_seed`` and the load's ``place`` alone, not from the target, so that targets
are asked alike.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wsgibench.model.address import Address
from wsgibench.model.answers import Disputed
from wsgibench.model.load import Load, Requests
from wsgibench.model.option import Option
from wsgibench.model.record import Record

HOST = "localhost"
"""The Host header of every request that has none of the user's."""
ANSWERS_FILE = "answers.npz"
"""Beside the recordings of a target: what its paths were answered with."""


class Target(Record, frozen=True, kw_only=True):
    """What a load is sent to. ``name`` is the label of a stack; ``host`` the Host header.

    Targets that are to answer ``alike`` have the same name there.
    """

    name: str
    address: Address
    host: str = HOST
    tls: bool = False
    alike: str = ""


class EngineJob(Record, frozen=True, kw_only=True):
    """All that an engine needs to know.

    Attributes:
        phases: load by name, ``steady``, ``saturated``.
        directory: where the recordings go.
        seed: all that is drawn at random comes from it, but for what is asked.
        order_seed: the order of paths comes from it; that of all jobs of a run.
        cores: pinned to these; empty leaves it to the system.
        processes: engine processes on this machine.
        remote_workers: engine workers on other machines to wait for.
        remote_deadline_s: until they are no longer waited for.
        options: what only this engine understands.
        share: which process, from 0, of how many does this part of a load; their uniform arrivals alternate.
    """

    targets: tuple[Target, ...]
    phases: dict[str, Load]
    requests: Requests
    directory: str
    seed: int
    order_seed: int = 0
    cores: tuple[int, ...] = ()
    processes: int = 1
    remote_workers: int = 0
    remote_deadline_s: float = 120.0
    options: dict[str, str] = {}
    share: tuple[int, int] = (0, 1)


class RunLoad(Record, tag="run", frozen=True, kw_only=True):
    """Send the phase's load to the target: ``warmup_s`` unrecorded, then ``duration_s`` recorded.

    A ``Users`` load records nothing before all users are there, on top of ``warmup_s``.

    With ``patience_s`` the recorded part begins and ends at moments that are alike, each the first at or after its time
    and at most ``patience_s`` later; sending goes on until then. Under a rate that is a moment at which no more than
    ``typical`` requests are under way and none waits, with connections one at which a response comes. (With connections
    ``typical`` is how many the server answers at once, 0 where nobody knows: where far more are under way, responses
    may be read in batches.) So what the app
    does for longer than a turn, a pause or a single answer, is in the record as often and as long as it should be
    (docs/explanation/native-engine.md, "Where a turn ends").

    A load of its own takes the place of a phase of the job: how high a rate is may follow from loads before it.
    With ``limits_s`` it is counted how many recorded requests took longer.

    It begins at once, or as if it had begun at ``begin_s`` on CLOCK_MONOTONIC: processes that share a load begin
    together, however long after one another they get to run.

    ``place`` is which load of the run it is, from 0. Those of the same place, of whatever target, ask for the same
    paths in the same order; each next place begins where few have come, so that all together soon ask for all paths.
    """

    target: str
    phase: str
    duration_s: float
    warmup_s: float = 0.0
    patience_s: float = 0.0
    typical: int = 0
    begin_s: float | None = None
    load: Load | None = None
    limits_s: tuple[float, ...] = ()
    place: int = 0


class Finish(Record, tag="finish", frozen=True, kw_only=True):
    """Write the recordings and exit."""


EngineCommand = RunLoad | Finish


class Ready(Record, tag="ready", frozen=True, kw_only=True):
    """Commands are awaited. ``version`` names the engine and what it is made of."""

    pid: int
    version: str


class Waiting(Record, tag="waiting", frozen=True, kw_only=True):
    """``workers`` of ``of`` workers on other machines are there; ``command`` starts one. Again whenever one comes."""

    workers: int
    of: int
    command: str


class Progress(Record, tag="progress", frozen=True, kw_only=True):
    """What happened since the last one; about once a second. Only for people to look at.

    ``measuring`` is false during ramp and warm-up.
    """

    target: str
    phase: str
    measuring: bool
    users: int
    requests: int
    failures: int
    mean_latency_s: float | None


class Measuring(Record, tag="measuring", frozen=True, kw_only=True):
    """Ramp and warm-up are over: from now on requests are recorded. Only where there was a ramp or warm-up."""

    target: str
    phase: str


_MANY = 100
_CHANCE_SHARE = 0.05
"""Of what fell due: a rate of 90 % of what a server bears leaves less at a random moment; one of 110 % leaves more."""


def keeps_up(outcomes: Mapping[str, int], *, pending: int, has_settled: bool) -> bool:
    """Whether sending could end, or had to with no more requests waiting than chance may leave at any moment."""
    return has_settled or pending <= _CHANCE_SHARE * sum(outcomes.values())


class LoadDone(Record, tag="done", frozen=True, kw_only=True):
    """The load has been sent and drained.

    Attributes:
        start_s: when the recorded part began, on CLOCK_MONOTONIC.
        duration_s: how long it was in fact, up to when sending ended.
        drain_s: from then until the last answer.
        outcomes: how many recorded requests ended how (``model.recording.OUTCOMES``).
        cpu_s: CPU seconds of the engine's processes from the start of the recorded part to the end of the drain.
        completed: ``ok`` responses that came within ``duration_s``, whenever their requests were sent; over
            ``duration_s`` they are the rate of a closed model without bias, where ``warmup_s`` was long enough for the
            server to get going (docs/explanation/native-engine.md). None where the engine does not count them.
        answered: ``ok`` responses to all that was sent, from the first request of the warm-up to the last of the drain:
            what the stack's CPU over the same time is to be divided by. None where the engine does not count them.
        has_settled: False where sending had to end, after ``patience_s``, with requests of a rate piling up, or
            without a response: the stack did not keep up.
        pending: recorded requests without an answer at the end of sending, beyond ``typical``.
        connects: how many connections were opened in the recorded part.
        longest_gap_s: the longest time between two responses until sending ended; of connections alone.
        slower: how many recorded requests took longer than each of the limits that were given.
        disputed: the first few good answers, recorded or not, with another body than an earlier one to the same path;
            each path once.
    """

    target: str
    phase: str
    start_s: float
    duration_s: float
    drain_s: float
    outcomes: dict[str, int]
    cpu_s: float
    completed: int | None = None
    answered: int | None = None
    has_settled: bool = True
    pending: int = 0
    longest_gap_s: float | None = None
    connects: int = 0
    disputed: tuple[Disputed, ...] = ()
    slower: tuple[int, ...] = ()

    @property
    def fails(self) -> bool:
        """Whether most of many requests failed: more of the load would tell nothing."""
        total = sum(self.outcomes.values())
        return total >= _MANY and self.outcomes.get("ok", 0) < total / 2

    @property
    def kept_up(self) -> bool:
        """See ``keeps_up``."""
        return keeps_up(self.outcomes, pending=self.pending, has_settled=self.has_settled)


class Written(Record, tag="written", frozen=True, kw_only=True):
    """Recordings and answers are on disk: paths below the job's directory."""

    files: tuple[str, ...]
    answers: tuple[str, ...] = ()


class Failed(Record, tag="failed", frozen=True, kw_only=True):
    """The engine cannot go on, and exits."""

    message: str
    hint: str = ""


EngineEvent = Ready | Waiting | Progress | Measuring | LoadDone | Written | Failed


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Data about a load engine, and how it is started.

    Attributes:
        module: importable where it is installed.
        argv: from the interpreter and the path of the job file to the argument list.
        loads: the kinds of load that it can make, of ``users``, ``rate``, ``connections``.
        has_turns: whether it can visit many targets in turns.
        makes: those of the loads that it makes where the user names no engine.
        options: what only it understands, a row each of the table of options, by its name in ``EngineJob.options``.
        workers_elsewhere: how many workers on other machines are waited for; None where it knows none.
    """

    summary: str
    distribution: str
    module: str
    argv: Callable[[str, str], tuple[str, ...]]
    loads: frozenset[str]
    has_turns: bool
    makes: frozenset[str] = frozenset()
    options: Mapping[str, Option] = field(default_factory=dict)
    workers_elsewhere: Option | None = None

    @property
    def rows(self) -> tuple[Option, ...]:
        """Its rows of the table of options."""
        return (*((self.workers_elsewhere,) if self.workers_elsewhere else ()), *self.options.values())
