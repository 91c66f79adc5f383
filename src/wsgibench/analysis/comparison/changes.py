"""What became of each stack, by one objective."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wsgibench.analysis.comparison.samples import Samples
from wsgibench.analysis.verdict.objective_figures import phase_of
from wsgibench.model.comparison import Change, ObjectiveChange, Shift, StackChange
from wsgibench.model.objective import Objective
from wsgibench.model.run import FinishedRun
from wsgibench.stats.intervals import Intervals
from wsgibench.stats.means import Estimate
from wsgibench.stats.pairs import outcomes


@dataclass(frozen=True)
class Judge:
    """Gives estimates intervals that hold together: each has the same part of the error (Bonferroni)."""

    margin: float
    error: float
    intervals: int

    @classmethod
    def of(cls, samples: Iterable[Samples], *, margin: float, error: float) -> "Judge":
        """For all that will be shown of these and has an interval."""
        known = sum(np.isfinite(estimate.variance) for each in samples for estimate in _shown(each))
        return cls(margin, error, int(known))

    def change(self, estimate: Estimate, objective: Objective) -> Change:
        """The estimate, of logarithms of which the greater is the better, as a ratio of figures."""
        low, high = estimate.interval(self.error / max(self.intervals, 1))
        ((outcome,),) = outcomes(Intervals(np.array([[low]]), np.array([[high]])), self.margin)
        value = estimate.value
        if not objective.higher_is_better:
            value, low, high = -value, -high, -low
        with np.errstate(over="ignore"):
            ratio, low, high = (float(np.exp(each)) for each in (value, low, high))
        known = low > 0 and np.isfinite(high)  # beyond what a float holds nothing is known
        return Change(
            ratio=ratio if np.isfinite(ratio) else None,
            low=low if known else None,
            high=high if known else None,
            outcome=outcome,
        )


def _shown(samples: Samples) -> Iterator[Estimate]:
    for stack in samples.stacks:
        yield samples.change(stack)
        if (relative := samples.relative(stack)) is not None:
            yield relative
    if (shift := samples.shift()) is not None:
        yield shift


def objective_change(after: FinishedRun, samples: Samples, judge: Judge) -> ObjectiveChange:
    """All stacks of two runs."""
    objective = samples.objective
    stacks = []
    for stack, means, counted in zip(samples.stacks, samples.means, samples.counted, strict=True):
        relative = samples.relative(stack)
        stacks.append(
            StackChange(
                stack=stack,
                before=means[0],
                after=means[1],
                counted_before=counted[0],
                counted_after=counted[1],
                change=judge.change(samples.change(stack), objective),
                relative=None if relative is None else judge.change(relative, objective),
                control=stack in samples.controls,
            )
        )
    return ObjectiveChange(
        objective=objective.name,
        phase=phase_of(after.run.plan, objective),
        stacks=tuple(stacks),
        uncompared=samples.uncompared,
        shift=_shift(samples, judge),
    )


def _shift(samples: Samples, judge: Judge) -> Shift | None:
    estimate = samples.shift()
    if estimate is None:
        return None
    changes = [samples.change(stack).value for stack in samples.stacks]
    return Shift(
        stacks=samples.together,
        change=judge.change(estimate, samples.objective),
        common=_is_common(changes, estimate, judge),
    )


def _is_common(changes: Sequence[float], shift: Estimate, judge: Judge) -> bool:
    """Whether there is a shift for sure, several stacks went through it, and less than half of their change is left."""
    low, high = shift.interval(judge.error / max(judge.intervals, 1))
    moved = np.array(changes)
    left = np.abs(moved - shift.value).sum()
    return len(changes) > 1 and not low <= 0 <= high and bool(left < np.abs(moved).sum() / 2)
