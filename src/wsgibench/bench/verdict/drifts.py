"""Apps that change as they run: what all stacks do alike in every trial is no weather, for each trial is a start."""

from collections.abc import Iterator
from statistics import median

from wsgibench.model.load import Connections
from wsgibench.model.run import FinishedRun
from wsgibench.model.trial import Trial
from wsgibench.model.verdict import Caution
from wsgibench.units import format_duration

_MOST = 0.15
"""Of a half to the next; trials of one stack in one weather are some 2 % apart."""
_TURNS_MIN = 4


def drifts(run: FinishedRun) -> Iterator[Caution]:
    """A caution where requests/s change from the first half of the turns to the second, in each trial the same way.

    The gate of that name looks at one trial beside the others of its block, and lets pass what all of them do.
    """
    for phase in run.run.plan.phases:
        if not isinstance(phase.load, Connections):
            continue
        found = {stack.label: _typical(run, stack.label, phase.name) for stack in run.run.plan.stacks}
        changed = {label: ratio for label, ratio in found.items() if ratio is not None and abs(ratio - 1) > _MOST}
        if changed:
            most = max(changed.values(), key=lambda ratio: abs(ratio - 1))
            yield Caution(
                name="drift",
                cause=f"Within its trials, requests/s of {' and '.join(changed)} {'fell' if most < 1 else 'rose'} by "
                f"{abs(most - 1):.0%} from the first half to the second.",
                figure=abs(most - 1),
                advice="The app changes as it runs, by what it keeps in memory or by data that grow: figures are of "
                f"its first {format_duration(_loaded_s(run))} under load. --duration makes trials longer.",
            )


def _typical(run: FinishedRun, stack: str, phase: str) -> float | None:
    """Second half over first, of the typical trial; None where there is none, or where trials do not agree."""
    ratios = [
        ratio for trial in run.trials if trial.stack.label == stack and (ratio := _ratio(trial, phase)) is not None
    ]
    if not ratios or not (all(ratio < 1 for ratio in ratios) or all(ratio > 1 for ratio in ratios)):
        return None
    return median(ratios)


def _ratio(trial: Trial, phase: str) -> float | None:
    rates = [
        turn.completed / turn.duration_s
        for turn in trial.turns
        if turn.phase == phase and turn.completed and turn.duration_s > 0
    ]
    half = len(rates) // 2
    return median(rates[-half:]) / median(rates[:half]) if len(rates) >= _TURNS_MIN else None


def _loaded_s(run: FinishedRun) -> float:
    return sum(phase.total_s for phase in run.run.plan.phases)
