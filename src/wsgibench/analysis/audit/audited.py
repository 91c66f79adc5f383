"""A run, read once: its trials as far as their recordings bear them out, and what was read along the way."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from wsgibench.analysis.audit.again import Seen, evidence_again
from wsgibench.analysis.audit.agreement import disagreements
from wsgibench.analysis.audit.belonging import Belonging
from wsgibench.analysis.made_with import made_with
from wsgibench.errors import RunFolderError, UnknownNameError
from wsgibench.model.monitor import Sample
from wsgibench.model.recording import BUCKETS, Ints
from wsgibench.model.run import FinishedRun, Run
from wsgibench.model.trial import GateResult, Trial
from wsgibench.monitors import samples_in
from wsgibench.runs._records import DamagedError
from wsgibench.runs.folder import RunFolder
from wsgibench.runs.trial_folder import TrialFolder, without_figures

_CLAUSES_MAX, _LEFT_OUT_MAX = 3, 5
"""That are shown."""
COPY_AGAIN = "Its files were changed or mixed up: copy the folder again from where the run was made."
MEASURED_JUST_NOW = (
    "It was measured just now: something else wrote into the run's folder meanwhile, or this is a fault of wsgibench, "
    "which its developers would like to have the folder of."
)
"""Advice for what does not agree, by where the run was made."""


@dataclass(frozen=True)
class Latencies:
    """Of a trial in a phase: counts by bucket, shape (BUCKETS,), and the exact sum in seconds."""

    totals: Ints
    sum_s: float


@dataclass(frozen=True)
class Audited:
    """What a run folder holds.

    Attributes:
        run: with the trials that are its own; the others are left out, and said to be. One of which a recording is
            missing, damaged or of something else has failed; one whose record says something else than its recordings
            has the figures that follow from these, and fails the gate ``recording``.
        latencies: by the trial's folder and phase, of the trials with figures.
        samples: what the monitor wrote, by the trial's folder.
    """

    run: FinishedRun
    latencies: Mapping[tuple[str, str], Latencies] = field(default_factory=dict)
    samples: Mapping[str, Sequence[Sample]] = field(default_factory=dict)


def audit(folder: RunFolder, *, since_s: float = math.inf) -> Audited:
    """The run; nothing that is wrong with a trial stops it. What began ``since_s``, Unix time, was measured here.

    Raises:
        RunFolderError: the record of the run itself is damaged, or something is no plain file.
    """
    return _Audit(folder, since_s).audited()


class _Audit:
    """The work of it, a trial at a time, so that no more than one trial's recordings are in memory."""

    def __init__(self, folder: RunFolder, since_s: float) -> None:
        self._folder = folder
        self._since_s = since_s
        self._run: Run = folder.read_run()
        self._monitor = _Monitor(self._run)
        self._latencies: dict[tuple[str, str], Latencies] = {}
        self._samples: dict[str, Sequence[Sample]] = {}

    def audited(self) -> Audited:
        belonging = Belonging(self._run)
        trials, left_out = [], []
        for trial_folder in sorted(
            self._folder.finished(), key=lambda trial_folder: belonging.order(trial_folder.path.name)
        ):
            try:
                trial = trial_folder.read()
            except RunFolderError as exc:
                left_out.append(_accident(exc))
                continue
            if why := belonging.why_not(trial, trial_folder.path.name):
                left_out.append(f"'{trial_folder.path.name}' is left out: {why}.")
                continue
            trials.append(self._audited(trial, trial_folder, belonging))
        if (more := len(left_out) - _LEFT_OUT_MAX) > 0:
            left_out[_LEFT_OUT_MAX:] = [f"{more} more trials are left out."]
        run = self._folder.finished_run(self._run, trials)
        return Audited(msgspec.structs.replace(run, left_out=tuple(left_out)), self._latencies, self._samples)

    def _audited(self, trial: Trial, trial_folder: TrialFolder, belonging: Belonging) -> Trial:
        if trial.status != "done":
            return trial
        phases = [phase.name for phase in (*self._run.plan.phases, *trial.rungs)]
        if missing := [name for name in phases if name not in trial.phases]:
            return without_figures(trial, f"Its record has no figures of '{missing[0]}'.")
        try:
            recordings = {name: trial_folder.recording(name) for name in phases}
        except RunFolderError as exc:
            return without_figures(trial, _accident(exc))
        seen = self._monitor.seen(trial_folder) if trial.observed else Seen()
        found = evidence_again(self._run, trial, recordings, seen)
        rungs = {rung.name for rung in trial.rungs}
        if trial.observed:
            self._samples[trial.folder] = seen.samples
        for name, recording in recordings.items():
            if name in rungs:
                continue  # of which there are many, and nothing is merged
            latencies = Latencies(recording.latency.totals(BUCKETS), float(recording.latency_sum_s.sum()))
            self._latencies[trial.folder, name] = latencies
        clauses = disagreements(self._run, belonging.planned(trial), trial, found)
        if not clauses:
            return trial
        advice = MEASURED_JUST_NOW if trial.times.started_s >= self._since_s else COPY_AGAIN
        return msgspec.structs.replace(
            trial,
            stack=belonging.planned(trial),
            phases={phase.name: phase.figures for phase in found.phases},
            gates=(_gate(clauses, advice), *trial.gates),
        )


class _Monitor:
    """Reads what the monitor wrote; the stacks of a block in turns have copies of one file, which is parsed once."""

    def __init__(self, run: Run) -> None:
        self._name = run.plan.monitor
        self._layout = made_with(run).layout
        self._last: tuple[bytes, Seen] = (b"", Seen())

    def seen(self, trial_folder: TrialFolder) -> Seen:
        try:
            data = trial_folder.monitor_data()
            if data != self._last[0]:
                samples, warnings = samples_in(data, monitor=self._name, layout=self._layout)
                self._last = data, Seen(samples=samples, warnings=warnings)
        except (RunFolderError, UnknownNameError):
            return Seen()
        return self._last[1]


def _accident(exc: RunFolderError) -> str:
    """What is said of a file that is damaged or missing.

    Raises:
        RunFolderError: it is a link, a pipe, or the like: whoever made that meant something by it.
    """
    if not isinstance(exc, DamagedError) and not isinstance(exc.__cause__, FileNotFoundError):
        raise exc
    return exc.message


def _gate(clauses: Sequence[str], advice: str) -> GateResult:
    more = f"; and {len(clauses) - _CLAUSES_MAX} more" if len(clauses) > _CLAUSES_MAX else ""
    return GateResult(
        name="recording",
        passed=False,
        figure=float(len(clauses)),
        threshold=0.0,
        unit="figures",
        cause=f"Its record does not agree with what was recorded: {'; '.join(clauses[:_CLAUSES_MAX])}{more}.",
        advice=advice,
    )
