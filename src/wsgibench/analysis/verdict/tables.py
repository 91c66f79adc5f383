"""The figures of a run as a table of blocks and stacks, and the stacks that have no place in it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wsgibench.analysis.verdict.objective_figures import figure_of, has_few_beyond, requests_needed
from wsgibench.model.objective import Objective
from wsgibench.model.recording import Floats
from wsgibench.model.run import FinishedRun
from wsgibench.model.trial import Trial
from wsgibench.model.verdict import Unranked


@dataclass(frozen=True)
class Table:
    """Figures by one objective.

    Attributes:
        stacks: labels of the ranked stacks, the columns.
        blocks: their numbers, the rows.
        figures: shape (blocks, stacks), more than 0; NaN where a trial is missing or does not count.
        unranked: the other stacks.
    """

    stacks: tuple[str, ...]
    blocks: tuple[int, ...]
    figures: Floats
    unranked: tuple[Unranked, ...]


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
    unranked: list[Unranked] = []
    for stack in (stack.label for stack in run.run.plan.stacks):
        mine = [trials.get((block, stack)) for block in blocks]
        figures = [None if trial is None else figure_of(trial, objective, phase) for trial in mine]
        if 2 * sum(figure is not None for figure in figures) > len(figures):
            columns[stack] = [np.nan if figure is None else figure for figure in figures]
        else:
            found = [(trial, figure) for trial, figure in zip(mine, figures, strict=True) if trial]
            unranked.append(Unranked(stack=stack, reason=_reason(found, objective, phase)))
    table = np.array(list(columns.values()), dtype=np.float64).reshape(len(columns), len(blocks)).T
    return Table(tuple(columns), blocks, table, tuple(unranked))


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
