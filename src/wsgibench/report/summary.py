"""A run in one row for each stack and phase."""

from collections.abc import Sequence
from statistics import median

import numpy as np

from wsgibench.analysis.audit import Audited, audit
from wsgibench.analysis.phase_figures import known
from wsgibench.model.failures import all_failures
from wsgibench.model.record import Record
from wsgibench.model.recording import BUCKETS
from wsgibench.model.trial import Trial
from wsgibench.runs.folder import RunFolder
from wsgibench.stats.latency import BEYOND_MIN, few_beyond, percentiles_s

FEW = "*"
"""Behind a percentile beyond which few requests lie."""
FEW_SAID = f"{FEW} fewer than {BEYOND_MIN} requests were slower: chance has a large part in this figure."


class SummaryRow(Record, frozen=True, kw_only=True):
    """A stack in a phase, over all its trials that count. Figures are None where no trial counts.

    Attributes:
        counted, trials: trials that count, of all.
        requests_per_s: requests that ended well, per measured second.
        failures: requests that failed, in all trials, counting or not; None where none has figures.
        failed_by_kind: the same by what they failed of, the most frequent first (``model.failures``).
        p50_s, p90_s, p99_s, max_s: of the merged records, never averages of percentiles.
        few_beyond: those of them beyond which fewer than ten requests lie, by their names ``p50``, ``p90``, ``p99``:
            chance has a large part in them.
        gates: names of the gates that trials failed, the most frequent first.
    """

    stack: str
    workers: int
    phase: str
    counted: int
    trials: int
    requests_per_s: float | None
    failures: int | None
    failed_by_kind: dict[str, int]
    mean_s: float | None
    p50_s: float | None
    p90_s: float | None
    p99_s: float | None
    max_s: float | None
    cpu_per_1000_s: float | None
    pss_bytes: float | None
    gates: tuple[str, ...]
    few_beyond: tuple[str, ...] = ()

    @property
    def latencies_s(self) -> dict[str, float | None]:
        """Mean, percentiles and the longest, by the names of ``few_beyond``."""
        return {"mean": self.mean_s, "p50": self.p50_s, "p90": self.p90_s, "p99": self.p99_s, "max": self.max_s}


def summarize(folder: RunFolder, audited: Audited | None = None) -> list[SummaryRow]:
    """The rows, in the order of plan and phases; ``audited`` is the run, where the caller has it."""
    audited = audited or audit(folder)
    run = audited.run
    rows = []
    for phase in run.run.plan.phases:
        for stack in run.run.plan.stacks:
            trials = [trial for trial in run.trials if trial.stack.label == stack.label]
            if trials:
                rows.append(_row(audited, phase.name, trials))
    return rows


def _row(audited: Audited, phase: str, trials: Sequence[Trial]) -> SummaryRow:
    counting = [trial for trial in trials if trial.counts]
    figures = [trial.phases[phase] for trial in counting]
    answers = sum(each.cpu_answers for each in figures)
    duration_s = sum(each.duration_s for each in figures)
    totals = np.zeros(BUCKETS, np.int64)
    latency_sum_s = 0.0
    for trial in counting:
        latencies = audited.latencies[trial.folder, phase]
        totals += latencies.totals
        latency_sum_s += latencies.sum_s
    p50, p90, p99, longest = (known(value) for value in percentiles_s(totals, [0.5, 0.9, 0.99, 1]))
    count = int(totals.sum())
    answered = sum((each.requests_per_s or 0.0) * each.duration_s for each in figures)
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
        failures=sum(each.failures for each in measured) if measured else None,
        failed_by_kind=all_failures(each.failed_by_kind for each in measured),
        mean_s=latency_sum_s / count if count else None,
        p50_s=p50,
        p90_s=p90,
        p99_s=p99,
        max_s=longest,
        cpu_per_1000_s=sum(cpu_s) / answers * 1000 if answers and len(cpu_s) == len(figures) else None,
        pss_bytes=median(pss) if pss else None,
        gates=tuple(sorted(set(failed), key=lambda name: (-failed.count(name), name))),
        few_beyond=tuple(name for name in few_beyond(count) if name != "p999") if count else (),
    )
