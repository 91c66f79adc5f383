"""What is known of a run at one moment, for whoever shows it: the live table and the live page."""

from wsgibench.model.record import Record


class SoFar(Record, frozen=True, kw_only=True):
    """A stack's figures in one phase so far; None where nothing is known yet.

    Over the trials that count: their geometric mean, as the verdict has it, of percentiles with ten requests beyond
    them. Until there is one, requests/s is that of
    the turns of the trial at hand. ``bound`` as of a standing, of capacities.
    """

    requests_per_s: float | None = None
    p50_s: float | None = None
    p99_s: float | None = None
    bound: str = ""


class Row(Record, frozen=True, kw_only=True):
    """A stack.

    Attributes:
        done, counted: trials that have ended, and those of them that count.
        now: what it does: a stage, or the figure of its last turn or second; empty where it does nothing.
        at_hand: whether it is its turn.
        phases: figures by phase.
    """

    stack: str
    done: int
    counted: int
    now: str
    at_hand: bool
    phases: dict[str, SoFar]


class Snapshot(Record, frozen=True, kw_only=True):
    """The run.

    Attributes:
        block, blocks: the one at hand, from 1 (0 before the first), and how many there will be at most.
        ended, trials: trials that have ended, of how many at most.
        elapsed_s, left_s: since the run began or went on, and still to come at most.
        under_load: whether a stack is being measured right now: the time in which to leave the machine alone.
        doing: what happens now, in words: ``steady: round 3 of 13``.
        settled: what the last look found, in words; empty before the first.
        phases: names, in their order.
        rows: in the order of the plan.
    """

    block: int
    blocks: int
    ended: int
    trials: int
    elapsed_s: float
    left_s: float
    under_load: bool
    doing: str
    settled: str
    phases: tuple[str, ...]
    rows: tuple[Row, ...]
