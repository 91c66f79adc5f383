"""A run in one row for each stack and phase."""

from collections.abc import Sequence
from math import isnan
from statistics import median

import numpy as np

from wsgibench.model.failures import all_failures
from wsgibench.model.record import Record
from wsgibench.model.recording import BUCKETS
from wsgibench.model.trial import Trial
from wsgibench.runs.folder import RunFolder
from wsgibench.stats.latency import percentiles_s


class SummaryRow(Record, frozen=True, kw_only=True):
    """A stack in a phase, over all its trials that count. Figures are None where no trial counts.

    Attributes:
        counted, trials: trials that count, of all.
        requests_per_s: requests that ended well, per measured second.
        failures: requests that failed, in all trials, counting or not.
        failed_by_kind: the same by what they failed of, the most frequent first (``model.failures``).
        p50_s, p90_s, p99_s, max_s: of the merged records, never averages of percentiles.
        gates: names of the gates that trials failed, the most frequent first.
    """

    stack: str
    workers: int
    phase: str
    counted: int
    trials: int
    requests_per_s: float | None
    failures: int
    failed_by_kind: dict[str, int]
    mean_s: float | None
    p50_s: float | None
    p90_s: float | None
    p99_s: float | None
    max_s: float | None
    cpu_per_1000_s: float | None
    pss_bytes: float | None
    gates: tuple[str, ...]


def summarize(folder: RunFolder) -> list[SummaryRow]:
    """The rows, in the order of plan and phases."""
    run = folder.read()
    rows = []
    for phase in run.run.plan.phases:
        for stack in run.run.plan.stacks:
            trials = [trial for trial in run.trials if trial.stack.label == stack.label]
            if trials:
                rows.append(_row(folder, phase.name, trials))
    return rows


def _row(folder: RunFolder, phase: str, trials: Sequence[Trial]) -> SummaryRow:
    counting = [trial for trial in trials if trial.counts]
    figures = [trial.phases[phase] for trial in counting]
    answers = sum(each.cpu_answers for each in figures)
    duration_s = sum(each.duration_s for each in figures)
    totals = np.zeros(BUCKETS, np.int64)
    latency_sum_s = 0.0
    for trial in counting:
        recording = folder.trial(trial).recording(phase)
        totals += recording.latency.totals(BUCKETS)
        latency_sum_s += float(recording.latency_sum_s.sum())
    p50, p90, p99, longest = (
        None if isnan(value) else float(value) for value in percentiles_s(totals, [0.5, 0.9, 0.99, 1])
    )
    count = int(totals.sum())
    answered = sum(each.requests_per_s * each.duration_s for each in figures)
    cpu_s = [
        (each.server_cpu_s or 0.0) + (each.proxy_cpu_s or 0.0) for each in figures if each.server_cpu_s is not None
    ]
    pss = [trial.pss_bytes for trial in counting if trial.pss_bytes is not None]
    measured = [trial.phases[phase] for trial in trials if phase in trial.phases]
    failed = [gate.name for trial in trials for gate in trial.gates if not gate.passed]
    return SummaryRow(
        stack=trials[0].stack.label,
        workers=trials[0].stack.workers,
        phase=phase,
        counted=len(counting),
        trials=len(trials),
        requests_per_s=answered / duration_s if duration_s else None,
        failures=sum(each.failures for each in measured),
        failed_by_kind=all_failures(each.failed_by_kind for each in measured),
        mean_s=latency_sum_s / count if count else None,
        p50_s=p50,
        p90_s=p90,
        p99_s=p99,
        max_s=longest,
        cpu_per_1000_s=sum(cpu_s) / answers * 1000 if answers and len(cpu_s) == len(figures) else None,
        pss_bytes=median(pss) if pss else None,
        gates=tuple(sorted(set(failed), key=lambda name: (-failed.count(name), name))),
    )
