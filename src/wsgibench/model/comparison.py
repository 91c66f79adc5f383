"""Runs held against one another: what changed in circumstances, and what became of each stack.

Every sentence about them is made from ``RunComparison`` alone.
"""

from wsgibench.model.record import Record
from wsgibench.model.verdict import Outcome, Unranked

COMPARISON_FORMAT = 1
"""Of the document that ``wsgibench compare --json`` prints."""


class ComparedRun(Record, frozen=True, kw_only=True):
    """A run by its folder as it was given.

    Attributes:
        blocks: those in which every stack had its trial.
        left_out: sentences about finished trials in its folder that are none of its, or cannot be read.
    """

    folder: str
    status: str
    created_s: float
    blocks: int
    trials: int
    counted: int
    left_out: tuple[str, ...] = ()


class Difference(Record, frozen=True, kw_only=True):
    """A circumstance that is not the same in both runs; in words, None where a run has no such thing.

    Attributes:
        group: ``versions``, ``packages``, ``machine``, ``load``, ``requests``, ``app``, ``data``, ``stacks``,
            ``measuring``.
        name: within the group: ``gunicorn``, ``cores``.
        stacks: labels of the stacks that it is about; None where it is about all, empty where about the measuring.
        unlike: whether figures mean something else by it, so that they are compared only if the user insists.
    """

    group: str
    name: str
    before: str | None
    after: str | None
    stacks: tuple[str, ...] | None = None
    unlike: bool = False

    @property
    def words(self) -> str:
        """``cores 2 -> 4``, ``workers of gunicorn 2 -> 6``."""
        name = f"{self.name} of {', '.join(self.stacks)}" if self.group == "stacks" and self.stacks else self.name
        return f"{name} {self.before or 'none'} -> {self.after or 'none'}"


class Change(Record, frozen=True, kw_only=True):
    """The later figure by the first.

    Attributes:
        ratio: None where nothing is known.
        low, high: hold together with those of all stacks, objectives and runs that are shown; None where the noise
            cannot be told.
        outcome: as seen from the later run, with the margin of the comparison.
    """

    ratio: float | None
    low: float | None
    high: float | None
    outcome: Outcome


class StackChange(Record, frozen=True, kw_only=True):
    """One stack in two runs.

    Attributes:
        before, after: its figures: the geometric mean of its trials, which the change is made of.
        counted_before, counted_after: blocks of each run that the change was told from.
        change: from run to run, the machine's noise included.
        relative: the change beside that of the controls; None where there are none, and of a control itself.
        control: whether nothing is known to have changed about it, though about others something has.
    """

    stack: str
    before: float
    after: float
    counted_before: int
    counted_after: int
    change: Change
    relative: Change | None = None
    control: bool = False

    @property
    def outcome(self) -> Outcome:
        """What became of it: beside the controls, where there are some."""
        return (self.relative or self.change).outcome


class Shift(Record, frozen=True, kw_only=True):
    """What several stacks went through together: the change of the median one.

    Attributes:
        stacks: the controls; all stacks where there are none.
        common: whether it makes up most of what all stacks went through.
    """

    stacks: tuple[str, ...]
    change: Change
    common: bool


class ObjectiveChange(Record, frozen=True, kw_only=True):
    """All stacks by one objective.

    Attributes:
        objective: its name (``model.objective.OBJECTIVES``).
        phase: of which phase of the later run the figures are; None of the trial as a whole.
        stacks: in the order of the first run's plan.
        uncompared: stacks that both runs have, and of which one has too few figures.
        shift: None of fewer than two stacks without a control.
    """

    objective: str
    phase: str | None
    stacks: tuple[StackChange, ...]
    uncompared: tuple[Unranked, ...] = ()
    shift: Shift | None = None


class RunChange(Record, frozen=True, kw_only=True):
    """A run beside the base.

    Attributes:
        only_before, only_after: labels of stacks that one of the runs does not have.
        controls: stacks of which nothing is known to have changed, though something has of others.
        paired_blocks: how many pairs of blocks were measured by turns; 0 where they were not, and runs are compared
            unpaired.
        overlapping: whether both ran at the same time on one machine.
        left_out: names of objectives that both runs took at a rate of their own finding, which were not nearly alike.
    """

    run: ComparedRun
    differences: tuple[Difference, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    controls: tuple[str, ...]
    paired_blocks: int
    overlapping: bool
    objectives: tuple[ObjectiveChange, ...]
    left_out: tuple[str, ...] = ()

    @property
    def unlike(self) -> tuple[Difference, ...]:
        """The differences for which it would have been refused."""
        return tuple(difference for difference in self.differences if difference.unlike)


class RunComparison(Record, frozen=True, kw_only=True):
    """The whole of it.

    Attributes:
        margin: changes within it are none; 0.05 is a factor of 1.05 either way.
        error: the probability that any of the intervals misses the truth.
        intervals: how many there are.
        anyway: whether the user wanted unlike runs to be compared.
    """

    base: ComparedRun
    others: tuple[RunChange, ...]
    margin: float
    error: float
    intervals: int
    anyway: bool
    format: int = COMPARISON_FORMAT
