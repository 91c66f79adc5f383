"""What makes a verdict weaker than it looks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from wsgibench.analysis.made_with import made_with
from wsgibench.analysis.verdict.curve_cautions import cautions_of_curves
from wsgibench.analysis.verdict.drifts import drifts
from wsgibench.analysis.verdict.rankings import Judged
from wsgibench.analysis.verdict.unevenness import uneven_curves
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.run import FinishedRun, Run, apart_in_words
from wsgibench.model.trial import Trial
from wsgibench.model.verdict import Caution
from wsgibench.stats.blocks import residual_noise
from wsgibench.units import format_duration

_NOISE_MOST = 0.06
"""Trials of one stack under the same machine noise are some 2 % apart; beyond three times that, the machine is not fit
to measure."""

_OF_ITSELF = {
    "capacity": " Or the limit is little more than what a request takes by itself: by a longer one they vary less."
}
"""Of a figure that may vary so much on a quiet machine."""

_UNEQUAL_MOST = 2.5
"""Of standard deviations that are moderated towards one another: a stack is truly more than 4 times as noisy then.

Up to that, the error stays about 5 % (benchmarks/calibration.py)."""


_PAUSE_MOST_S = 60.0
"""Between the trials of a block. The stack of the next one starts and warms up in less."""


def cautions_of(run: FinishedRun, found: Mapping[str, Judged]) -> Iterator[Caution]:
    """About the machine, and about stacks that are unlike the others; ``found`` is by objective."""
    plan = run.run.plan
    # Means and high percentiles of a fraction of a second vary on the quietest machine: they say nothing of it.
    saturated = any(phase.load.saturates for phase in plan.phases)
    name = "throughput" if saturated else "p50" if plan.phases else "capacity"
    if name in found:
        yield from _noise(found[name], name)
    yield from _unequal_noise(found[plan.objectives[0]])
    yield from _pauses(run.trials)
    yield from drifts(run)
    yield from uneven_curves(run)
    yield from cautions_of_curves(run)
    yield from _configured(made_with(run.run).configuring)
    yield from _apart(run.run)
    yield from _changed(run.run)


def _noise(found: Judged, name: str) -> Iterator[Caution]:
    table, judgement = found
    # How far a bound lies from another says nothing of the machine.
    figures = np.where(table.censoring == 0, table.figures, np.nan)
    noise = residual_noise(np.log(figures)) if judgement else 0.0
    if noise > _NOISE_MOST:
        yield Caution(
            name="noise",
            cause=f"Trials of one stack differ by {noise * 100:.0f} % in {OBJECTIVES[name].noun}, beyond what a block "
            "does to all.",
            figure=noise,
            advice="Close what else runs on this machine; wsgibench doctor tells what disturbs."
            + _OF_ITSELF.get(name, ""),
        )


def _unequal_noise(found: Judged) -> Iterator[Caution]:
    table, judgement = found
    if judgement is None or judgement.estimates is None:
        return
    deviations = np.sqrt(judgement.estimates.variances)
    unequal = float(deviations.max() / np.median(deviations)) if deviations.min() > 0 else 1.0
    if unequal > _UNEQUAL_MOST:
        stack = table.stacks[int(deviations.argmax())]
        yield Caution(
            name="unequal-noise",
            cause=f"{stack} varies far more from trial to trial than the others do.",
            figure=unequal,
            advice=f"Leave {stack} out, and see whether the ranking of the others stays.",
        )


def _pauses(trials: Iterable[Trial]) -> Iterator[Caution]:
    """A block that was interrupted, then resumed, spans two times of day."""
    for before, after in pairwise(sorted(trials, key=lambda trial: trial.number)):
        pause_s = after.times.started_s - (before.times.stopped_s or after.times.started_s)
        if before.block == after.block and pause_s > _PAUSE_MOST_S:
            yield Caution(
                name="pause",
                cause=f"Block {after.block} was interrupted, and went on {format_duration(round(pause_s))} later.",
                figure=pause_s,
                advice="Its trials may have met with other noise of the machine: more blocks make up for it.",
            )


def _configured(names: Sequence[str]) -> Iterator[Caution]:
    """The user's word counts, but then a server is not as the others are."""
    if names:
        yield Caution(
            name="server-configuration",
            cause=f"--env sets {', '.join(names)}, which configures a server beside what wsgibench gives it.",
            figure=float(len(names)),
            advice="Stacks with that server are measured so; without it, as wsgibench sets them up.",
        )


def _apart(run: Run) -> Iterator[Caution]:
    if run.apart:
        yield Caution(
            name="file-systems",
            cause=apart_in_words(run.apart, run.plan.variants[0].name),
            figure=float(len(run.apart)),
            advice="What opens or writes files for each request is another thing there: keep them on one, and of a "
            "revision give --out a directory beside the app.",
        )


def _changed(run: Run) -> Iterator[Caution]:
    if run.changed:
        yield Caution(
            name="changed-meanwhile",
            cause=f"Files of {' and '.join(run.changed)} changed in the checkout while they were measured.",
            figure=float(len(run.changed)),
            advice="Which state the figures are of is not known: leave it alone, or name a revision; what an app "
            "writes by itself, let Git ignore.",
        )
