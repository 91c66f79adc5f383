"""``results.csv``: every trial and phase in a row, for spreadsheets and notebooks."""

import csv
import io
from collections.abc import Callable

from wsgibench.model.failures import failures_in_words
from wsgibench.model.run import FinishedRun
from wsgibench.model.trial import PhaseFigures, Trial
from wsgibench.stats.latency import few_beyond

_Cell = str | int | float | None


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 4)


_TRIAL_COLUMNS: dict[str, Callable[[Trial], _Cell]] = {
    "trial": lambda trial: trial.number,
    "stack": lambda trial: trial.stack.label,
    "server": lambda trial: trial.stack.server,
    "proxy": lambda trial: trial.stack.proxy,
    "workers": lambda trial: trial.stack.workers,
    "threads": lambda trial: trial.stack.threads,
    "block": lambda trial: trial.block,
    "position": lambda trial: trial.position,
    "status": lambda trial: trial.status,
    "counts": lambda trial: int(trial.counts),
    "gates_failed": lambda trial: " ".join(dict.fromkeys(gate.name for gate in trial.gates if not gate.passed)),
    "pss_bytes": lambda trial: trial.pss_bytes,
    "overhead_s": lambda trial: trial.overhead_s,
}
_PHASE_COLUMNS: dict[str, Callable[[PhaseFigures], _Cell]] = {
    "duration_s": lambda phase: phase.duration_s,
    "requests": lambda phase: phase.requests,
    "failures": lambda phase: phase.failures,
    "failed_by_kind": lambda phase: failures_in_words(phase.failed_by_kind),
    "requests_per_s": lambda phase: phase.requests_per_s,
    "mean_ms": lambda phase: _ms(phase.mean_s),
    "p50_ms": lambda phase: _ms(phase.p50_s),
    "p90_ms": lambda phase: _ms(phase.p90_s),
    "p99_ms": lambda phase: _ms(phase.p99_s),
    "p99.9_ms": lambda phase: _ms(phase.p999_s),
    "max_ms": lambda phase: _ms(phase.max_s),
    "cpu_s_per_1000_requests": lambda phase: phase.cpu_per_1000_s,
    "server_cpu_s": lambda phase: phase.server_cpu_s,
    "proxy_cpu_s": lambda phase: phase.proxy_cpu_s,
    "engine_cpu_s": lambda phase: phase.engine_cpu_s,
    "lateness_p99_ms": lambda phase: _ms(phase.lateness_p99_s),
    "few_beyond": lambda phase: " ".join(name.replace("p999", "p99.9") for name in few_beyond(phase.timed)),
}


def results_csv(run: FinishedRun) -> bytes:
    """One row for each phase of each trial (RFC 4180, UTF-8, units in the header); a missing figure is an empty cell.

    A failed trial has one row without figures.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*_TRIAL_COLUMNS, "phase", *_PHASE_COLUMNS])
    for trial in run.trials:
        about = [cell(trial) for cell in _TRIAL_COLUMNS.values()]
        for name, figures in trial.phases.items():
            writer.writerow([*about, name, *(cell(figures) for cell in _PHASE_COLUMNS.values())])
        if not trial.phases:
            writer.writerow([*about, "", *("" for _ in _PHASE_COLUMNS)])
    return text.getvalue().encode()
