"""The figures of two runs by one objective, stack beside stack, ready to be compared."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wsgibench.analysis.comparison.paired_blocks import BlockPair
from wsgibench.analysis.verdict.objective_figures import phase_of
from wsgibench.analysis.verdict.tables import Table, table_of
from wsgibench.model.objective import Objective
from wsgibench.model.recording import Floats
from wsgibench.model.run import FinishedRun
from wsgibench.model.verdict import Unranked
from wsgibench.stats.means import Estimate, trimmed_mean
from wsgibench.stats.unpaired import Paired, Unpaired

_BOUND = "of its capacity only a bound is known, which says nothing of a change"


@dataclass(frozen=True)
class Samples:
    """Logarithms of both runs' figures; where less is better turned round, so that more is better.

    Attributes:
        stacks: labels, the columns.
        controls: those of which nothing changed.
        means: geometric, of each run's figures, by stack.
        counted: blocks of each run with a figure, by stack.
        uncompared: stacks of both runs without enough figures in one of them.
    """

    objective: Objective
    stacks: tuple[str, ...]
    controls: tuple[str, ...]
    means: tuple[tuple[float, float], ...]
    counted: tuple[tuple[int, int], ...]
    pairing: Unpaired | Paired
    uncompared: tuple[Unranked, ...]

    def change(self, stack: str) -> Estimate:
        """From the first run to the second."""
        return self.pairing.change(self.stacks.index(stack))

    def relative(self, stack: str) -> Estimate | None:
        """Beside the mean of the controls; None of a control, and where there is none."""
        if not self.controls or stack in self.controls:
            return None
        weights = np.array([-1 / len(self.controls) if each in self.controls else 0.0 for each in self.stacks])
        weights[self.stacks.index(stack)] = 1.0
        return self.pairing.relative(weights)

    @property
    def together(self) -> tuple[str, ...]:
        """Stacks that say what happened to all: the controls; without any all, if there are several."""
        return self.controls or (self.stacks if len(self.stacks) > 1 else ())

    def shift(self) -> Estimate | None:
        """Of those."""
        return self.pairing.shift([self.stacks.index(stack) for stack in self.together]) if self.together else None


def samples_of(
    before: FinishedRun,
    after: FinishedRun,
    objective: Objective,
    *,
    controls: Sequence[str],
    paired_blocks: Sequence[BlockPair],
) -> Samples:
    """All stacks that both runs have and can rank."""
    tables = [table_of(run, objective, phase_of(run.run.plan, objective)) for run in (before, after)]
    bounds = {stack for table in tables for stack in table.bounds}
    stacks = tuple(stack for stack in tables[0].stacks if stack in tables[1].stacks and stack not in bounds)
    old, new = (_logs(table, stacks, objective) for table in tables)
    pairing: Unpaired | Paired = Unpaired(old, new)
    if paired_blocks:
        rows = [(tables[0].blocks.index(first), tables[1].blocks.index(second)) for first, second in paired_blocks]
        pairing = Paired(np.array([new[later] - old[earlier] for earlier, later in rows]))
    counted = [np.isfinite(table).sum(axis=0).tolist() for table in (old, new)]
    return Samples(
        objective=objective,
        stacks=stacks,
        controls=tuple(stack for stack in controls if stack in stacks),
        means=tuple(zip(*(_means(logs, objective) for logs in (old, new)), strict=True)),
        counted=tuple(zip(*counted, strict=True)),
        pairing=pairing,
        uncompared=_uncompared(*tables),
    )


def _logs(table: Table, stacks: Sequence[str], objective: Objective) -> Floats:
    logs = np.log(table.figures[:, [table.stacks.index(stack) for stack in stacks]])
    return logs if objective.higher_is_better else -logs


def _means(logs: Floats, objective: Objective) -> list[float]:
    sign = 1 if objective.higher_is_better else -1
    return [float(np.exp(sign * trimmed_mean(column).value)) for column in logs.T]


def _uncompared(before: Table, after: Table) -> tuple[Unranked, ...]:
    """Stacks of both runs that one of them could not rank, or of which one has but a bound; each once."""
    both = {*before.stacks, *_names(before)} & {*after.stacks, *_names(after)}
    reasons = {each.stack: f"before: {each.reason}" for each in before.unranked}
    for each in after.unranked:
        earlier = reasons.get(each.stack)
        reasons[each.stack] = f"{earlier}; after: {each.reason}" if earlier else f"after: {each.reason}"
    # Of one that is unranked in one run and a bound in the other, the former says more.
    reasons |= {stack: _BOUND for table in (before, after) for stack in table.bounds if stack not in reasons}
    return tuple(Unranked(stack=stack, reason=reason) for stack, reason in reasons.items() if stack in both)


def _names(table: Table) -> set[str]:
    return {each.stack for each in table.unranked}
