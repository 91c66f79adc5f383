"""What a run concluded: the ranking, with its uncertainty. ``verdict.json`` is this record.

Every sentence of the verdict is made from it alone.
"""

from enum import StrEnum

from wsgibench.model.cores import Cores
from wsgibench.model.load import Load
from wsgibench.model.record import Record
from wsgibench.model.setup import DEFAULT_SETUP, Setup

VERDICT_FORMAT = 1
"""Of ``verdict.json``. It can be made again from the run's folder at any time."""


class Outcome(StrEnum):
    """Of a pair, seen from its first stack.

    The interval of the ratio lies within the margin: *tied*, even where it excludes 1, for a difference that small is
    of no use to anybody. Else it excludes 1: *better* or *worse*. Else *undecided*. 1 as the very end of an interval
    is excluded: intervals are cut there when the best stack is named.
    """

    BETTER = "better"
    WORSE = "worse"
    TIED = "tied"
    UNDECIDED = "undecided"


class Relation(StrEnum):
    """What a claim says of a first stack and a second."""

    BETTER = ">"
    AT_LEAST_TIED = ">="
    TIED = "="


class Answer(StrEnum):
    """Of a claim. *Not supported* means that the opposite was found; *undecided* that neither was."""

    SUPPORTED = "supported"
    NOT_SUPPORTED = "not supported"
    UNDECIDED = "undecided"


class Stop(StrEnum):
    """Why a run took no more blocks."""

    SETTLED = "settled"
    """Every pair was better or tied, in every objective that was asked for, and every claim of one's own answered."""
    HOPELESS = "hopeless"
    """What was open could hardly be settled within the budget."""
    BUDGET = "budget"
    """Another block would have ended after it."""
    BLOCKS = "blocks"
    """All that the plan allowed were done."""


class Merged(Record, frozen=True, kw_only=True):
    """A percentile of many trials' requests together, never an average of percentiles; low and high as elsewhere."""

    value: float
    low: float | None
    high: float | None


CONTRADICTORY = "perhaps"
"""Before a capacity that in some trials is a bound from below, and in others one from above."""


class Standing(Record, frozen=True, kw_only=True):
    """A ranked stack.

    Attributes:
        rank: one more than the number of stacks that are better than it; ties are shared.
        value: the figure of a typical trial (the geometric mean over the blocks), in the unit of the objective: what
            the comparisons are about.
        low, high: where it lies with 95 % confidence, for this stack by itself; None after a single block.
        merged: of percentiles, that of all requests of all blocks together, with its own 95 % interval (from blocks
            drawn again); None of other figures, and where a recording cannot be read.
        counted, trials: trials that count, of all.
        bound: ``at least`` or ``less than`` where ``value`` is but an end of what was measured, in one trial or more;
            then ``low`` or ``high``, which may lie further out, is None. ``perhaps`` where it is the one in some trials
            and the other in others, so that nothing is known.
        less_than, at_least: in how many trials it is such an end.
        too_few: in how many of ``less_than`` the rates below it broke nothing, but had too few requests to show that
            they keep the limit; in the others not even the lowest rate kept it.
        by_engine: in how many of ``at_least`` the load engine took too much at higher rates for these to tell what the
            stack bears; in the others the limits were kept at the highest rate.
        limit: of a capacity, which of the limits was broken first, in most of the trials; None where none was.
        by_queue: whether, in most of them, a queue grew at a rate at which no limit was broken yet.
    """

    stack: str
    rank: int
    value: float
    low: float | None
    high: float | None
    counted: int
    trials: int
    merged: Merged | None = None
    bound: str = ""
    limit: str | None = None
    by_queue: bool = False
    less_than: int = 0
    at_least: int = 0
    too_few: int = 0
    by_engine: int = 0


class Comparison(Record, frozen=True, kw_only=True):
    """Two ranked stacks: the first's figure by the second's.

    Attributes:
        ratio: None where the two could not be compared (yet).
        low, high: hold together with those of all pairs, whatever the number of looks; None where nothing is known.
        outcome: as seen from the first stack.
        asked: whether the run was to settle it: of variants, only what they do to the same stack may be asked.
    """

    first: str
    second: str
    ratio: float | None
    low: float | None
    high: float | None
    outcome: Outcome
    asked: bool = True

    @property
    def is_open(self) -> bool:
        """Whether the run was to settle it, and did not."""
        return self.asked and self.outcome is Outcome.UNDECIDED

    @property
    def reversed(self) -> "Comparison":
        """The same pair, seen from the second."""
        return Comparison(
            first=self.second,
            second=self.first,
            ratio=None if self.ratio is None else 1 / self.ratio,
            low=None if self.high is None else 1 / self.high,
            high=None if self.low is None else 1 / self.low,
            outcome=_OPPOSITE.get(self.outcome, self.outcome),
            asked=self.asked,
        )


_OPPOSITE = {Outcome.BETTER: Outcome.WORSE, Outcome.WORSE: Outcome.BETTER}


class Unranked(Record, frozen=True, kw_only=True):
    """A stack that has no place in the ranking; ``reason`` is a clause: ``5 of 6 trials failed the gate 'errors'``."""

    stack: str
    reason: str


class Ranking(Record, frozen=True, kw_only=True):
    """The stacks by one objective.

    Attributes:
        objective: its name (``model.objective.OBJECTIVES``).
        phase: of which phase the figures are; None of the trial as a whole.
        asked: whether the run was to settle it; the others are shown for information.
        error: the probability, over all looks together, that anything said in it is false.
        standings: by rank, within a rank by figure, the best first.
        comparisons: every pair once, in the order of the standings.
        winner: the stack that is better than every other one.
        settled: whether no pair is open that the run was to settle and that more blocks may settle.
        blocks_needed: about how many blocks it would take in all to settle every pair; None where none are open or
            it cannot be said.
        noise: by how much trials of one stack differ, beyond what a block does to all stacks: the standard deviation
            of the logarithm, 0.02 is 2 %. None where it cannot be told.
    """

    objective: str
    phase: str | None
    asked: bool
    error: float
    standings: tuple[Standing, ...]
    comparisons: tuple[Comparison, ...]
    unranked: tuple[Unranked, ...] = ()
    winner: str | None = None
    settled: bool = False
    blocks_needed: int | None = None
    noise: float | None = None

    def between(self, stack: str, other: str) -> Comparison:
        """The comparison of two ranked stacks, the first's figure by the other's, seen from the first."""
        found = next(each for each in self.comparisons if {each.first, each.second} == {stack, other})
        return found if found.first == stack else found.reversed


class ClaimPart(Record, frozen=True, kw_only=True):
    """What a claim says of one pair, and what was found; the figures are as in ``Comparison``."""

    first: str
    relation: Relation
    second: str
    objective: str
    margin: float
    answer: Answer
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    missing: str | None = None


class ClaimAnswer(Record, frozen=True, kw_only=True):
    """A claim and its answer, which follows from those of its parts.

    Attributes:
        source: ``article`` or ``own``.
        number: of its source, from 1.
        text: the article's in words; one's own as written.
        blocks_needed: about how many blocks it would take in all to answer it; None where it is answered or it cannot
            be said.
    """

    source: str
    number: int
    text: str
    answer: Answer
    parts: tuple[ClaimPart, ...]
    blocks_needed: int | None = None


class Caution(Record, frozen=True, kw_only=True):
    """Something that makes the verdict weaker: ``cause`` with its figure, and what to do; both are sentences."""

    name: str
    cause: str
    figure: float
    advice: str


class Circumstances(Record, frozen=True, kw_only=True):
    """What the figures hold for.

    Attributes:
        cores: how many of the machine were there to be used.
        placed: which of them were whose; None where no trial tells, or its trials had different ones.
        engine_share: of shared cores, what the load engine took at most in a trial that counts; None where it shared
            none.
        workers, threads: worker processes, and threads of each, of the servers that have workers.
        one_process: threads of each server that has one process and no workers; null for one for each connection.
        at_once: how many requests a stack runs at a time, by label; null for as many as come.
        remote_workers: engine workers on other machines.
        host: address on which the stacks listened.
        python: what ran the app, ``CPython 3.13.1``; empty where that was not kept.
        versions: of the servers and proxies of the stacks, by name.
        packages: versions of all that the app's environment has, by name; empty where that was not kept.
        variants: what each variant of the app sets, in clauses, by its name; empty where there is one state of it.
        limits: that a rate had to keep, of a run that looked for capacities.
        differing: of packages that not all variants have alike, the version by variant; None where it has none.
    """

    app: str
    cores: int
    cpu: str
    workers: tuple[int, ...]
    threads: tuple[int, ...]
    loads: dict[str, Load]
    engine: str
    seed: int
    store: str | None = None
    placed: Cores | None = None
    engine_share: float | None = None
    at_once: dict[str, int | None] = {}
    remote_workers: int = 0
    setup: Setup = DEFAULT_SETUP
    one_process: tuple[int | None, ...] = ()
    host: str = "127.0.0.1"
    python: str = ""
    versions: dict[str, str] = {}
    packages: dict[str, str] = {}
    variants: dict[str, tuple[str, ...]] = {}
    differing: dict[str, dict[str, str | None]] = {}
    limits: tuple[str, ...] = ()


class BodiesBetween(Record, frozen=True, kw_only=True):
    """How the bodies of two variants compare, which may differ.

    Attributes:
        paths: asked of both, without those whose bodies vary by nature.
        differing: those of them that were answered otherwise.
        example, same: a path that was, and one that was not.
        unanswered: paths to which the other gave good answers and the variant, which was asked and had failures, none.
        unanswered_example: one of them.
        other_unanswered, other_unanswered_example: the same the other way round.
    """

    variant: str
    other: str
    paths: int
    differing: int
    example: str | None = None
    same: str | None = None
    unanswered: int = 0
    unanswered_example: str | None = None
    other_unanswered: int = 0
    other_unanswered_example: str | None = None


class Cost(Record, frozen=True, kw_only=True):
    """Where the work of a candidate goes: medians over its trials that count, None where none has the figure.

    They have no intervals: they show where to look, and do not say what is sure.

    Attributes:
        server_cpu_per_1000_s, proxy_cpu_per_1000_s: CPU seconds for 1,000 requests; of the server with its workers.
        processes, threads: of server and proxy together.
        context_switches_per_request: of these, over all that they were asked.
        connections_per_1000: opened for 1,000 requests.
        failures, requests: in all trials, counting or not.
    """

    candidate: str
    server_cpu_per_1000_s: float | None = None
    proxy_cpu_per_1000_s: float | None = None
    memory_bytes: float | None = None
    processes: float | None = None
    threads: float | None = None
    context_switches_per_request: float | None = None
    connections_per_1000: float | None = None
    failures: int | None = None
    requests: int | None = None


class FunctionChange(Record, frozen=True, kw_only=True):
    """A function in two variants of an app, in seconds of a request in which it ran, or was ready to.

    Attributes:
        file: the end of its path.
        before_s, after_s: without what it calls, in the first variant and in the other.
        all_before_s, all_after_s: with what it calls.
        is_sure: whether ``after_s`` differs from ``before_s`` by more than chance makes likely.
    """

    name: str
    file: str
    before_s: float
    after_s: float
    all_before_s: float
    all_after_s: float
    is_sure: bool


class SampledChange(Record, frozen=True, kw_only=True):
    """What functions take more or less from one variant to another, on one stack.

    Attributes:
        sampler: ``py-spy``.
        first, second: the candidates.
        samples: of each.
        functions: those that change most, sure ones first.
        missing: why there are none, as a sentence; None where there are.
    """

    sampler: str
    first: str
    second: str
    samples: tuple[int, int] = (0, 0)
    functions: tuple[FunctionChange, ...] = ()
    missing: str | None = None


class Sufficiency(Record, frozen=True, kw_only=True):
    """Whether so many workers are enough for a rate.

    Attributes:
        per_s: their capacity; None where none is known.
        bound: as of a standing.
        keeps_all: whether the limits were kept at the highest rate in every trial that counts.
        low, high: of that capacity; they hold together with those of all other numbers of workers and servers, whatever
            the number of looks, and are None where nothing is known.
        is_enough: None where it is not settled.
    """

    workers: int
    per_s: float | None = None
    bound: str = ""
    keeps_all: bool = False
    low: float | None = None
    high: float | None = None
    is_enough: bool | None = None


class Needed(Record, frozen=True, kw_only=True):
    """How many workers a server needs for a rate, of the numbers that were measured.

    Attributes:
        way: the stack without its number of workers.
        unit: what is counted: ``worker``, or of a server without any ``thread``; ``process`` of one whose number of
            workers makes nothing: that has one.
        workers: the fewest whose capacity is surely enough; None where that is shown of none.
        fewer: the most of those with fewer of which a capacity is known, or of all where none is enough.
        fewer_bound: as of a standing.
        found: what is known of each number of workers, ascending.
    """

    way: str
    wanted_per_s: float
    workers: int | None
    measured: tuple[int, ...]
    fewer: int | None = None
    fewer_per_s: float | None = None
    fewer_bound: str = ""
    found: tuple[Sufficiency, ...] = ()
    unit: str = "worker"


class Scaling(Record, frozen=True, kw_only=True):
    """How the capacity of a server rises with its workers, by the universal scalability law.

    Attributes:
        way: the stack without its number of workers.
        unit: what is counted: ``worker``, or of a server without any ``thread``.
        measured: the numbers of workers that it was fitted to; it holds for none beyond them.
        alone_per_s: of one worker.
        contention: share of the work that only one worker can do at a time.
        coherency: what each pair of workers costs, in the time that one takes.
        off: by how much the law differs at most from what was measured, as a share.
        highest: of those numbers the one with the highest capacity by the law.
    """

    way: str
    measured: tuple[int, ...]
    alone_per_s: float
    contention: float
    coherency: float
    off: float
    highest: int
    unit: str = "worker"


class Verdict(Record, frozen=True, kw_only=True):
    """The whole of it.

    Attributes:
        margin: stacks within it are tied; 0.05 is a factor of 1.05 either way.
        blocks: those in which every stack had its trial; of a run that has none, those that were begun.
        blocks_most: how many the plan allowed.
        looks: after which blocks the run was to be looked at, had it gone on.
        load_s: measured seconds of each load, for each stack in each block.
        stop: why it took no more blocks; None of a run that was interrupted or is still going.
        took_s: while any trial ran; pauses of an interrupted run are left out.
        block_s: what a block took of that.
        trials, counted: all, and those that count.
        bodies: of each variant beside the first, where bodies were compared and may differ between them.
        costs: of each candidate of a run with several variants.
        sampled: of each variant beside the first, on each stack; empty where nothing was sampled.
        needed: workers for the rate that was asked about, by server; empty where none was.
        scaling: of each server of which capacities with at least five numbers of workers are known.
        not_counted: trials that do not count by reason: gates by name, ``failed`` for those that never ended.
    """

    folder: str
    status: str
    circumstances: Circumstances
    margin: float
    blocks: int
    blocks_most: int
    looks: tuple[int, ...]
    stop: Stop | None
    load_s: float
    took_s: float
    block_s: float | None
    trials: int
    counted: int
    not_counted: dict[str, int]
    rankings: tuple[Ranking, ...]
    claims: tuple[ClaimAnswer, ...] = ()
    cautions: tuple[Caution, ...] = ()
    bodies: tuple[BodiesBetween, ...] = ()
    costs: tuple[Cost, ...] = ()
    needed: tuple[Needed, ...] = ()
    sampled: tuple[SampledChange, ...] = ()
    scaling: tuple[Scaling, ...] = ()
    format: int = VERDICT_FORMAT

    @property
    def capacities(self) -> Ranking | None:
        """The ranking by capacity; None of a run that looked for none."""
        return next((ranking for ranking in self.rankings if ranking.objective == "capacity"), None)

    @property
    def asked(self) -> tuple[Ranking, ...]:
        """The rankings that the run was to settle."""
        return tuple(ranking for ranking in self.rankings if ranking.asked)
