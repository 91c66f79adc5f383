"""A server that runs with other workers than it was asked for is not the stack that the figures name."""

from wsgibench.analysis.gates.evidence import Evidence
from wsgibench.model.trial import GateResult, WorkerCount

_ADVICE = (
    "Something else configures the server: --env, or a file that it reads by itself; its configuration and its log are "
    "in the trial's folder."
)


def workers(evidence: Evidence) -> GateResult | None:
    """As many workers and threads ran as the stack was to have, when the measuring began and when it ended."""
    counts = evidence.worker_counts
    if not counts:
        return None
    worst = max(counts, key=_lack)
    return GateResult(
        name="workers",
        passed=_lack(worst) == 0,
        figure=float(worst.found),
        threshold=float(worst.asked),
        unit="processes",
        cause=_cause(worst),
        advice=_ADVICE,
    )


def _lack(count: WorkerCount) -> int:
    """By how many workers, and threads of a worker, it is off. Threads more than asked may be the app's own."""
    missing = 0
    if count.threads_asked is not None and count.threads_found is not None:
        missing = max(count.threads_asked - count.threads_found, 0)
    return abs(count.asked - count.found) + missing


def _cause(count: WorkerCount) -> str:
    said = f"{count.found} of {count.asked} worker{'s' if count.asked > 1 else ''} ran"
    if count.found > count.asked:
        said = f"{count.found} workers ran where {count.asked} {'were' if count.asked > 1 else 'was'} asked for"
    if count.threads_asked is not None and count.threads_found is not None:
        said += f", with {count.threads_found} threads each where {count.threads_asked} belong to the server"
    return f"{said}."
