"""Apps that change as they run: what all stacks do alike in every trial is no noise, for each trial is a start."""

from collections.abc import Iterator
from statistics import median

import numpy as np

from wsgibench.model.run import FinishedRun
from wsgibench.model.trial import Trial
from wsgibench.model.verdict import Caution
from wsgibench.units import format_duration

_MOST = 0.15
"""Of a half to the next; trials of one stack under the same machine noise are some 2 % apart."""
_TURNS_MIN = 4


def drifts(run: FinishedRun) -> Iterator[Caution]:
    """A caution where requests/s change from the first half of the turns to the second, in each trial the same way.

    The gate of that name is not asked in turns, where what one trial shows may be the machine's doing.
    """
    for phase in run.run.plan.phases:
        if not phase.load.saturates:
            continue
        found = {stack.label: _typical(run, stack.label, phase.name) for stack in run.run.plan.stacks}
        changed = {label: ratio - 1 for label, ratio in found.items() if ratio is not None and abs(ratio - 1) > _MOST}
        if changed:
            by_stack = ", ".join(f"{label} by {change:+.0%}" for label, change in changed.items())
            yield Caution(
                name="drift",
                cause=f"Requests/s change from the first half of each trial to the second: {by_stack}.",
                figure=max(map(abs, changed.values())),
                advice="The app changes as it runs, by what it keeps in memory or by data that grow: figures are "
                f"of its first {format_duration(_loaded_s(run))} under load. --duration makes trials longer.",
            )


def _typical(run: FinishedRun, stack: str, phase: str) -> float | None:
    """Second half over first, of the typical trial; None where there is none, or where trials do not agree."""
    ratios = [
        ratio
        for trial in run.trials
        if trial.stack.label == stack and trial.status == "done" and (ratio := _ratio(trial, phase)) is not None
    ]
    alike = all(ratio < 1 for ratio in ratios) or all(ratio > 1 for ratio in ratios)
    return median(ratios) if ratios and alike else None


def _ratio(trial: Trial, phase: str) -> float | None:
    rates = [
        turn.completed / turn.duration_s
        for turn in trial.turns
        if turn.phase == phase and turn.completed and turn.duration_s > 0
    ]
    half = len(rates) // 2
    if len(rates) < _TURNS_MIN:
        return None
    first, second = rates[:half], rates[-half:]
    # Turns of both halves that are alike say nothing of the app, nor do a few that met with a hiccup.
    (low, high), (later_low, later_high) = (np.quantile(rates, (0.25, 0.75)) for rates in (first, second))
    apart = high < later_low or later_high < low
    return median(second) / median(first) if apart else 1.0


def _loaded_s(run: FinishedRun) -> float:
    return sum(phase.total_s for phase in run.run.plan.phases)
