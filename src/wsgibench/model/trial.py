"""What a trial found."""

from wsgibench.model.answers import ComparedBodies
from wsgibench.model.engine import keeps_up
from wsgibench.model.failures import failures_by_kind
from wsgibench.model.plan import Phase
from wsgibench.model.record import Record
from wsgibench.model.stack import Stack


class GateResult(Record, frozen=True, kw_only=True):
    """A check that a trial must pass for its figures to count.

    Attributes:
        name: ``errors``, ``wrong-bodies``, ``engine-busy``, ...
        figure: what was seen; None where it could not be, and ``cause`` says why.
        threshold: what is allowed, in the same unit.
        unit: of both: ``share``, ``s``, ``processes``.
        phase: of which phase; None of the trial as a whole.
        cause: a sentence about what was seen.
        advice: a sentence about what to do; empty where it passed.
    """

    name: str
    passed: bool
    figure: float | None
    threshold: float | None
    unit: str
    cause: str
    advice: str = ""
    phase: str | None = None


class PhaseFigures(Record, frozen=True, kw_only=True):
    """The figures of one phase. Latencies are None where no request ended well.

    They follow from what was recorded, and from the trial's turns or pieces: whoever reads a run makes them again.

    Attributes:
        start_s: when recording began, seconds since the epoch.
        duration_s: recorded seconds in which load was sent (the sum over the turns).
        outcomes: requests by how they ended (``model.recording.OUTCOMES``).
        events: ``connects``, ``keepalive_races``.
        statuses: how many of the ``bad_status`` had which HTTP status; empty in runs of before it was kept.
        requests_per_s: requests that ended well, per recorded second; None where no second was recorded.
        server_cpu_s, proxy_cpu_s, engine_cpu_s: CPU seconds, ended children included; None where there is no such
            process or it could not be read. Of server and proxy from the first request of each turn to its last answer.
        cpu_requests: how many requests were answered well in the same time; None where those that are recorded were.
        lateness_p99_s: how late sending was; None in a closed model.
        few_beyond: percentiles (``p99``, ``p999``) beyond which fewer than ten requests lie: chance has a large part in
            them, and they are not ranked. Empty in records of before it was kept.
        slower: how many took longer than each limit of the curve allows, by its text.
    """

    start_s: float
    duration_s: float
    outcomes: dict[str, int]
    events: dict[str, int]
    requests_per_s: float | None
    mean_s: float | None
    p50_s: float | None
    p90_s: float | None
    p99_s: float | None
    p999_s: float | None
    max_s: float | None
    server_cpu_s: float | None
    proxy_cpu_s: float | None
    engine_cpu_s: float | None
    lateness_p99_s: float | None = None
    cpu_requests: int | None = None
    statuses: dict[int, int] = {}
    few_beyond: tuple[str, ...] = ()
    slower: dict[str, int] = {}

    @property
    def timed(self) -> int:
        """Requests with a latency, of which the percentiles are."""
        return self.outcomes.get("ok", 0) + self.outcomes.get("timeout", 0)

    @property
    def requests(self) -> int:
        """All that were recorded, however they ended."""
        return sum(self.outcomes.values())

    @property
    def failures(self) -> int:
        """All that did not end ``ok``."""
        return self.requests - self.outcomes.get("ok", 0)

    @property
    def failed_by_kind(self) -> dict[str, int]:
        """Of what they failed, the most frequent first: ``{"429": 812, "connection reset": 3}``."""
        return failures_by_kind(self.outcomes, self.statuses)

    @property
    def cpu_answers(self) -> int:
        """Requests answered well while CPU seconds were counted."""
        return self.outcomes.get("ok", 0) if self.cpu_requests is None else self.cpu_requests

    @property
    def cpu_per_1000_s(self) -> float | None:
        """CPU seconds of server and proxy for 1,000 requests that ended well."""
        if not self.cpu_answers or self.server_cpu_s is None:
            return None
        return (self.server_cpu_s + (self.proxy_cpu_s or 0.0)) / self.cpu_answers * 1000


class Turn(Record, frozen=True, kw_only=True):
    """A load in one go: ``start_s`` on the trial's clock (seconds since the epoch), its length, what came of it.

    Attributes:
        completed: responses that came within its length and were good; None where the engine does not count them.
        answered: good responses to all that was sent, with those of before and after; None likewise.
        pending, has_settled: what was unanswered when sending ended, and whether it could end, as of ``LoadDone``.
        slower: of the rate of a curve, how many took longer than each limit allows, as the engine counted them.
    """

    phase: str
    start_s: float
    duration_s: float
    outcomes: dict[str, int]
    stack_cpu_s: float | None
    engine_cpu_s: float
    completed: int | None = None
    answered: int | None = None
    pending: int = 0
    has_settled: bool = True
    slower: tuple[int, ...] = ()

    @property
    def kept_up(self) -> bool:
        """Whether the stack did with what it was sent."""
        return keeps_up(self.outcomes, pending=self.pending, has_settled=self.has_settled)


class WorkerCount(Record, frozen=True, kw_only=True):
    """Processes of workers, asked for and found at one moment.

    ``threads_found`` is what the worker with the fewest threads has, ``threads_asked`` what the server itself starts in
    each; None where it starts them as requests come.
    """

    asked: int
    found: int
    threads_asked: int | None = None
    threads_found: int | None = None


class Observed(Record, frozen=True, kw_only=True):
    """What was seen beside the load, and no other file of the trial tells: with these all gates can be asked again.

    Attributes:
        began_s, ended_s: the measured time, of which the monitor's samples count; seconds since the epoch.
        expected_samples: how many the monitor should have taken in it.
        monitor_died: whether it ended before it was told.
        idle_cpu_share: CPU that the stack used outside its turns, as a share of one core; None without turns.
        other_cpu_share: CPU that others used of the stack's cores meanwhile; None where nobody looked.
        workers: at the beginning of the measured time, and at its end.
        planned: gates that were not asked, since what they look for was done on purpose.
        alone_s: of a trial with a curve, how long an answer took, one at a time, before the warm-up and after all.
    """

    began_s: float
    ended_s: float
    expected_samples: int
    monitor_died: bool
    idle_cpu_share: float | None = None
    other_cpu_share: float | None = None
    workers: tuple[WorkerCount, ...] = ()
    planned: tuple[str, ...] = ()
    alone_s: tuple[float, ...] = ()


class TrialTimes(Record, frozen=True, kw_only=True):
    """When a trial reached each stage, seconds since the epoch; None where it did not."""

    started_s: float
    ready_s: float | None = None
    verified_s: float | None = None
    warm_s: float | None = None
    measured_s: float | None = None
    stopped_s: float | None = None


class LivenessChecks(Record, frozen=True, kw_only=True):
    """How often it was looked whether all processes of a block live, and the CPU seconds of the bench that it took."""

    checks: int
    cpu_s: float


class Trial(Record, frozen=True, kw_only=True):
    """One stack in one block.

    Attributes:
        number: counts all trials of the run from 1.
        block: counts from 1.
        position: place in its block's order, from 1.
        status: ``done``, or ``failed`` with ``error``. A failed trial has no figures, never zeros.
        phases: figures by phase.
        pss_bytes: of server and proxy together, the median of the samples; None with ``missing`` saying why.
        overhead_s: what the trial cost beside warm-up and measuring.
        cores: what was pinned where, by role.
        commands: what ran, by role.
        turns: empty where stacks were measured one after another.
        pieces: the loads of a trial without turns, each in one piece; empty in records of before they were kept.
        rungs: the loads of its curve, each a phase of this trial alone.
        observed: None of a failed trial, and in records of before it was kept.
        missing: why a figure is None, by its name.
        liveness: what it cost to see whether servers and proxies live, of all stacks that were up together; None where
            it was not measured, and in runs of before it was kept.
        machine: what the machine did meanwhile: ``load_1min_mean``, ``steal_share``, ...
        bodies: how its answers compare with those of other stacks; None where nobody compared them.
        static_by: who served the static files that the app names: its proxy, by name, or ``app``; None where it names
            none, and in records of before it was kept.
    """

    number: int
    stack: Stack
    block: int
    position: int
    status: str
    times: TrialTimes
    error: str | None = None
    phases: dict[str, PhaseFigures] = {}
    gates: tuple[GateResult, ...] = ()
    pss_bytes: float | None = None
    overhead_s: float | None = None
    cores: dict[str, tuple[int, ...]] = {}
    commands: dict[str, tuple[str, ...]] = {}
    turns: tuple[Turn, ...] = ()
    missing: dict[str, str] = {}
    liveness: LivenessChecks | None = None
    machine: dict[str, float | None] = {}
    bodies: ComparedBodies | None = None
    pieces: tuple[Turn, ...] = ()
    observed: Observed | None = None
    static_by: str | None = None
    rungs: tuple[Phase, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether its figures count: it is done and passed every gate."""
        return self.status == "done" and all(gate.passed for gate in self.gates)

    def pieces_of(self, phase: str) -> list[Turn]:
        """The turns of a phase, or its one piece; empty in records of before that was kept."""
        return [piece for piece in self.turns or self.pieces if piece.phase == phase]

    @property
    def folder(self) -> str:
        """Name of its folder."""
        return folder_name(self.number, self.stack)


def folder_name(number: int, stack: Stack) -> str:
    """``0001-nginx+uwsgi``, colons and the ``@`` of a variant as dots."""
    return f"{number:04d}-{stack.label.replace(':', '.').replace('@', '.')}"
