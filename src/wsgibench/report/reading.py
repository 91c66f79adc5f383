"""Curves out of a run folder: everything that the pictures of a phase need, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

import numpy as np

from wsgibench.analysis.made_with import made_with
from wsgibench.errors import RunFolderError, UnknownNameError
from wsgibench.model.monitor import Sample
from wsgibench.model.recording import BUCKETS, Ints, Recording
from wsgibench.model.run import FinishedRun
from wsgibench.model.trial import Trial
from wsgibench.monitors import samples_in
from wsgibench.report.measures import Measure
from wsgibench.report.trial_data import TrialData
from wsgibench.report.windows import Curve, window_width_s
from wsgibench.runs.folder import RunFolder
from wsgibench.stats.latency import has_enough_beyond, requests_for

_ROUNDS_MIN = 2
"""In turns, a window holds so many of each stack's, or curves would show when its turns came."""


@dataclass(frozen=True)
class TrialCurves:
    """Curves of a trial by the measure's name; what could not be read is not there.

    ``latency`` counts the requests by bucket; ``fine`` has those curves that come in shorter windows, too: of a second,
    where stacks did not take turns. ``cumulative`` has those in which each point can stand for all since the start.
    """

    trial: Trial
    curves: Mapping[str, Curve]
    latency: Ints | None = None
    fine: Mapping[str, Curve] = field(default_factory=dict)
    cumulative: Mapping[str, Curve] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PhaseCurves:
    """A phase of a run.

    Attributes:
        phase: its name.
        width_s: of the windows.
        span_s: the longest trial, on the clock: in turns, from the first to the end of the last.
        trials: those with figures, by number.
        in_turns: whether the stacks of a block shared the machine's figures.
        unread: a sentence for each recording that could not be read.
        unseen: a sentence for each trial of which there are no samples.
    """

    phase: str
    width_s: int
    span_s: float
    trials: tuple[TrialCurves, ...]
    in_turns: bool
    unread: tuple[str, ...]
    unseen: tuple[str, ...]

    def thin(self, measure: Measure) -> list[str]:
        """A sentence, where the measure is a percentile and points of a trial stand for too few requests."""
        share = measure.percentile
        if share is None or not any(_is_thin(each, measure.name, share) for each in self.trials):
            return []
        return [f"Points stand for fewer than {requests_for(share)} requests: chance has a large part in them."]


def _is_thin(trial: TrialCurves, name: str, share: float) -> bool:
    if trial.latency is None or name not in trial.curves:
        return False
    points = int(np.isfinite(trial.curves[name].value).sum())
    return points > 0 and not has_enough_beyond(float(trial.latency.sum()) / points, share)


def read_phases(
    folder: RunFolder,
    run: FinishedRun,
    *,
    samples: Mapping[str, Sequence[Sample]] | None = None,
    cumulative: bool = False,
) -> list[PhaseCurves]:
    """The curves of each phase of the plan, of all trials that have figures of it; nothing that is damaged stops it.

    Page and pictures show the same curves: whoever makes both reads them once, for that takes as long as a page.
    ``cumulative`` curves are there only if asked for. ``samples`` are the monitor's, by the trial's folder, as far as
    the caller has them.
    """
    known = samples or {}
    return [_read_phase(folder, run, phase.name, known, cumulative=cumulative) for phase in run.run.plan.phases]


def _read_phase(
    folder: RunFolder, run: FinishedRun, phase: str, known: Mapping[str, Sequence[Sample]], *, cumulative: bool
) -> PhaseCurves:
    trials = [trial for trial in run.trials if phase in trial.phases]
    spans_s = [_span_s(trial, phase) for trial in trials]
    span_s = max(spans_s, default=0.0)
    shortest_s = ceil(max((_window_min_s(trial, phase) for trial in trials), default=1.0))
    width_s = window_width_s(span_s, shortest_s)
    # Of two intervals: a window of one would now and then miss the sample that comes a little late.
    seen_shortest_s = ceil(max(shortest_s, 2 * run.run.plan.monitor_interval_s))
    seen_width_s = window_width_s(span_s, max(width_s, seen_shortest_s))
    read, unread, unseen = [], [], []
    for trial, trial_s in zip(trials, spans_s, strict=True):
        recording, damage = _recording(folder, trial, phase)
        samples, problem = (known[trial.folder], "") if known.get(trial.folder) else _samples(folder, run, trial)
        unread += [damage] if damage else []
        unseen += [problem] if problem else []
        data = TrialData(trial=trial, phase=phase, span_s=trial_s, recording=recording, samples=samples)
        read.append(
            TrialCurves(
                trial,
                curves=data.curves(width_s, seen_width_s),
                latency=recording.latency.totals(BUCKETS) if recording else None,
                fine=data.curves(shortest_s, seen_shortest_s) if shortest_s < width_s else {},
                cumulative=data.cumulative_curves(width_s) if cumulative else {},
            )
        )
    return PhaseCurves(
        phase=phase,
        width_s=width_s,
        span_s=span_s,
        trials=tuple(read),
        in_turns=any(trial.turns for trial in trials),
        unread=tuple(unread),
        unseen=tuple(unseen),
    )


def _recording(folder: RunFolder, trial: Trial, phase: str) -> tuple[Recording | None, str]:
    """What the engine recorded, or why it is not there."""
    try:
        return folder.trial(trial).recording(phase), ""
    except RunFolderError as exc:
        return None, exc.message


def _samples(folder: RunFolder, run: FinishedRun, trial: Trial) -> tuple[Sequence[Sample], str]:
    """The monitor's samples, or why there are none."""
    name = run.run.plan.monitor
    try:
        samples, _ = samples_in(folder.trial(trial).monitor_data(), monitor=name, layout=made_with(run.run).layout)
    except UnknownNameError:
        return (), f"The monitor '{name}' is not installed here, so its samples cannot be read."
    except RunFolderError as exc:
        return (), exc.message
    return samples, "" if samples else f"The monitor saw nothing of trial {trial.folder}."


def _span_s(trial: Trial, phase: str) -> float:
    figures = trial.phases[phase]
    ends_s = [turn.start_s + turn.duration_s for turn in trial.turns if turn.phase == phase]
    return max(ends_s) - figures.start_s if ends_s else figures.duration_s


def _window_min_s(trial: Trial, phase: str) -> float:
    turns = sum(turn.phase == phase for turn in trial.turns)
    return _ROUNDS_MIN * _span_s(trial, phase) / turns if turns else 1.0
