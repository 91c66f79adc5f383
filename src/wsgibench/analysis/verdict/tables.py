"""The figures of a run as a table of blocks and stacks, and the stacks that have no place in it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from wsgibench.analysis.capacities import Capacity, read_to
from wsgibench.analysis.readable import capacity_in
from wsgibench.analysis.verdict.objective_figures import figure_of, has_few_beyond, requests_needed
from wsgibench.model.objective import Objective
from wsgibench.model.plan import Plan
from wsgibench.model.recording import Floats, Ints
from wsgibench.model.run import FinishedRun
from wsgibench.model.trial import Trial
from wsgibench.model.verdict import Unranked
from wsgibench.stats.curves import Censoring


@dataclass(frozen=True)
class Table:
    """Figures by one objective.

    Attributes:
        stacks: labels of the ranked stacks, the columns.
        blocks: their numbers, the rows.
        figures: shape (blocks, stacks), more than 0; NaN where a trial is missing or does not count.
        unranked: the other stacks.
        censoring: of the figures, of their shape: whether the truth is more or less (``stats.curves.Censoring``).
        limits: which of several was broken first in most of the trials, by stack.
        by_queue: stacks of which in most of the trials a queue grew before any limit was broken.
        read_to: by how much the logarithms of a stack's figures may be wrong in all blocks alike, in their order.
        too_few: in how many trials of a stack a figure is a bound for want of requests at the rates below it.
        by_engine: in how many it is one since the load engine took too much at the rates above it.
    """

    stacks: tuple[str, ...]
    blocks: tuple[int, ...]
    figures: Floats
    unranked: tuple[Unranked, ...]
    censoring: Ints
    limits: dict[str, str] = field(default_factory=dict)
    by_queue: tuple[str, ...] = ()
    too_few: dict[str, int] = field(default_factory=dict)
    by_engine: dict[str, int] = field(default_factory=dict)
    read_to: tuple[float, ...] = ()

    @property
    def bounds(self) -> list[str]:
        """Stacks with a figure of which only a bound is known."""
        return [stack for stack, column in zip(self.stacks, self.censoring.T, strict=True) if column.any()]


def whole_blocks(run: FinishedRun) -> tuple[int, ...]:
    """Numbers of the blocks in which every stack had its trial; of all that were begun where none is whole."""
    trials = Counter(trial.block for trial in run.trials)
    whole = sorted(block for block, count in trials.items() if count >= len(run.run.plan.stacks))
    return tuple(whole or sorted(trials))


def table_of(run: FinishedRun, objective: Objective, phase: str | None) -> Table:
    """The figures of all whole blocks. A stack is ranked if more than half of its trials have a figure that counts."""
    blocks = whole_blocks(run)
    trials = {(trial.block, trial.stack.label): trial for trial in run.trials if trial.block in blocks}
    columns: dict[str, list[float]] = {}
    beyond: list[list[int]] = []
    limits: dict[str, str] = {}
    by_queue: list[str] = []
    too_few: dict[str, int] = {}
    by_engine: dict[str, int] = {}
    unranked: list[Unranked] = []
    for stack in (stack.label for stack in run.run.plan.stacks):
        mine = [trials.get((block, stack)) for block in blocks]
        found = [_capacity(trial, run.run.plan, objective) for trial in mine]
        figures = [
            each.crossing.rate_per_s if each else figure_of(trial, objective, phase) if trial else None
            for trial, each in zip(mine, found, strict=True)
        ]
        if 2 * sum(figure is not None for figure in figures) > len(figures):
            columns[stack] = [np.nan if figure is None else figure for figure in figures]
            too_few[stack] = sum(each.crossing.too_few for each in found if each)
            by_engine[stack] = sum(each.by_engine for each in found if each)
            beyond.append([each.crossing.censoring if each else 0 for each in found])
            if decided := Counter(each.limit for each in found if each and each.limit):
                limits[stack] = decided.most_common(1)[0][0]
            if 2 * sum(each.by_queue for each in found if each) > sum(each is not None for each in found):
                by_queue.append(stack)
        else:
            those = [(trial, figure) for trial, figure in zip(mine, figures, strict=True) if trial]
            unranked.append(Unranked(stack=stack, reason=_reason(those, objective, phase)))
    table = np.array(list(columns.values()), dtype=np.float64).reshape(len(columns), len(blocks)).T
    censoring = np.array(beyond, dtype=np.int64).reshape(table.T.shape).T
    table = _with_common_bounds(table, censoring)
    return Table(
        tuple(columns),
        blocks,
        table,
        tuple(unranked),
        censoring,
        limits,
        tuple(by_queue),
        too_few,
        by_engine,
        _read_to(run.run.plan, objective, table),
    )


def _read_to(plan: Plan, objective: Objective, table: Floats) -> tuple[float, ...]:
    if objective.name != "capacity" or plan.curve is None:
        return tuple(0.0 for _ in table.T)
    return tuple(read_to(plan.curve, float(np.nanmedian(column))) for column in table.T)


def _with_common_bounds(table: Floats, censoring: Ints) -> Floats:
    """The figures, all that are bounds of a stack to one side being the widest of them, which holds for each.

    How far the ends of its curves lie apart is chance, and no noise of the stack's, or of the machine's.
    """
    found = table.copy()
    for column, kinds in zip(found.T, censoring.T, strict=True):
        for kind, widest in ((Censoring.LESS_THAN, np.max), (Censoring.AT_LEAST, np.min)):
            if (kinds == kind).any():
                column[kinds == kind] = widest(column[kinds == kind])
    return found


def _capacity(trial: Trial | None, plan: Plan, objective: Objective) -> Capacity | None:
    """Of a trial that counts, by the objective that has one."""
    if objective.name != "capacity" or plan.curve is None or trial is None or not trial.counts:
        return None
    return capacity_in(plan, trial)


def why_not_counted(trial: Trial) -> str | None:
    """The first gate that it failed, or ``failed``; None where it counts."""
    if trial.counts:
        return None
    return next((gate.name for gate in trial.gates if not gate.passed), "failed")


def _reason(trials: Sequence[tuple[Trial, float | None]], objective: Objective, phase: str | None) -> str:
    """A clause about a stack that is not ranked; of its trials with their figures."""
    if not trials:
        return "none of its trials was run"
    missing = [trial for trial, figure in trials if figure is None]
    out = Counter(why_not_counted(trial) for trial in missing)
    if any(trial.counts and has_few_beyond(trial, objective, phase) for trial in missing):
        return (
            f"a {objective.name} takes {requests_needed(objective):,} requests in each trial, for ten to lie beyond it "
            "(--duration makes trials longer)"
        )
    if set(out) == {None}:
        return f"its {objective.noun} could not be measured"
    causes = ", ".join(f"{count} {_cause(reason, objective)}" for reason, count in out.most_common())
    return f"of its {len(trials)} trials {causes}" if len(trials) > 1 else f"its only trial {causes.partition(' ')[2]}"


def _cause(reason: str | None, objective: Objective) -> str:
    """What is said of trials after their number; None of those that count and have no figure."""
    if reason is None:
        return f"gave no {objective.noun}"
    return "failed" if reason == "failed" else f"failed the gate '{reason}'"
