"""The figures of a phase, from what was recorded."""

from math import isnan

from wsgibench.model.recording import BUCKETS, EVENTS, OUTCOMES, Recording
from wsgibench.model.trial import PhaseFigures
from wsgibench.stats.latency import mean_s, percentiles_s


def figures_of(
    recording: Recording,
    *,
    duration_s: float,
    is_open: bool,
    server_cpu_s: float | None,
    proxy_cpu_s: float | None,
    engine_cpu_s: float | None,
) -> PhaseFigures:
    """The figures; ``is_open`` tells an open model, whose lateness means something."""
    totals = recording.latency.totals(BUCKETS)
    outcomes = _by_name(OUTCOMES, recording.outcomes.totals(len(OUTCOMES)).tolist())
    p50, p90, p99, p999, longest = (_known(value) for value in percentiles_s(totals, [0.5, 0.9, 0.99, 0.999, 1]))
    late = percentiles_s(recording.lateness.totals(BUCKETS), 0.99)
    return PhaseFigures(
        start_s=recording.start_s,
        duration_s=duration_s,
        outcomes=outcomes,
        events=_by_name(EVENTS, recording.events.totals(len(EVENTS)).tolist()),
        requests_per_s=outcomes["ok"] / duration_s if duration_s > 0 else 0.0,
        mean_s=_known(mean_s(recording)),
        p50_s=p50,
        p90_s=p90,
        p99_s=p99,
        p999_s=p999,
        max_s=longest,
        server_cpu_s=server_cpu_s,
        proxy_cpu_s=proxy_cpu_s,
        engine_cpu_s=engine_cpu_s,
        lateness_p99_s=_known(float(late)) if is_open else None,
    )


def _by_name(names: tuple[str, ...], counts: list[int]) -> dict[str, int]:
    return dict(zip(names, counts, strict=True))


def _known(value: float) -> float | None:
    """None for NaN: missing is missing."""
    return None if isnan(value) else float(value)
