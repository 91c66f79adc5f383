"""The figures of a phase, from what was recorded."""

from collections.abc import Mapping, Sequence
from math import isnan

from wsgibench.model.curve import Limit
from wsgibench.model.load import Load
from wsgibench.model.recording import BUCKETS, EVENTS, OUTCOMES, Recording
from wsgibench.model.trial import PhaseFigures
from wsgibench.stats.latency import PERCENTILES, count_beyond, few_beyond, mean_s, percentiles_s

_STATUSES = 1000
"""An HTTP status has three digits."""


def figures_of(
    recording: Recording,
    load: Load,
    *,
    duration_s: float,
    completed: int | None,
    answered: int | None,
    cpu_s: Mapping[str, float],
    engine_cpu_s: float,
    limits: Sequence[Limit] = (),
) -> PhaseFigures:
    """The figures.

    The rate comes from the answers that came within the recorded time. Counting the requests that were sent in it would
    count those that were on their way at its end: in short turns of a closed model a bias of some per cent, and where a
    stack does not keep up with a rate, all that piled up.
    """
    totals = recording.latency.totals(BUCKETS)
    outcomes = _by_name(OUTCOMES, recording.outcomes.totals(len(OUTCOMES)).tolist())
    p50, p90, p99, p999, longest = (known(value) for value in percentiles_s(totals, [*PERCENTILES.values(), 1]))
    late = percentiles_s(recording.lateness.totals(BUCKETS), 0.99)
    good = outcomes["ok"] if completed is None else completed
    return PhaseFigures(
        start_s=recording.start_s,
        duration_s=duration_s,
        outcomes=outcomes,
        events=_by_name(EVENTS, recording.events.totals(len(EVENTS)).tolist()),
        requests_per_s=good / duration_s if duration_s > 0 else None,
        mean_s=known(mean_s(recording)),
        p50_s=p50,
        p90_s=p90,
        p99_s=p99,
        p999_s=p999,
        max_s=longest,
        server_cpu_s=cpu_s.get("server"),
        proxy_cpu_s=cpu_s.get("proxy"),
        engine_cpu_s=engine_cpu_s,
        lateness_p99_s=known(float(late)) if load.is_open else None,
        cpu_requests=answered,
        statuses={status: count for status, count in enumerate(recording.statuses.totals(_STATUSES).tolist()) if count},
        few_beyond=few_beyond(int(totals.sum())),
        slower={limit.text: count_beyond(totals, limit.most) for limit in limits if not limit.is_of_errors},
    )


def _by_name(names: tuple[str, ...], counts: list[int]) -> dict[str, int]:
    return dict(zip(names, counts, strict=True))


def known(value: float) -> float | None:
    """None for NaN: missing is missing."""
    return None if isnan(value) else float(value)
