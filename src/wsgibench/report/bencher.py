"""A verdict in the metric format of Bencher, which keeps figures from commit to commit; its ``json`` adapter reads it.

Source: https://bencher.dev/docs/reference/bencher-metric-format. Benchmarks by name, their measures by slug, each with
``value`` and, where they are known, ``lower_value`` and ``upper_value``. A slug that Bencher does not know becomes a
measure; ``throughput`` and ``latency`` are its own, in operations/s and nanoseconds.
"""

from collections.abc import Iterator

from wsgibench.as_json import as_json
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.verdict import Ranking, Verdict

_NS = 1e9
_MEASURES = {
    "throughput": ("throughput", 1.0),
    "mean": ("latency", _NS),
    "p50": ("latency-p50", _NS),
    "p90": ("latency-p90", _NS),
    "p99": ("latency-p99", _NS),
    "cpu": ("cpu-seconds-per-1000-requests", 1.0),
    "memory": ("memory-bytes", 1.0),
    "capacity": ("capacity", 1.0),
}
"""By objective: the slug, and how many of its units make one of ours."""

Metric = dict[str, float]


def bencher_json(verdict: Verdict) -> bytes:
    """Each candidate with its figures and their 95 % intervals; and each variant beside the first, as ratios of these.

    What is not ranked is left out, and so is a capacity of which only a bound is known: a metric has to have a value,
    and the end of a curve is none; from commit to commit it would move with the rates that were tried.
    """
    found: dict[str, dict[str, Metric]] = {}
    for name in OBJECTIVES:
        for ranking in (each for each in verdict.rankings if each.objective == name):
            slug, factor = _MEASURES[name]
            for standing in (each for each in ranking.standings if not each.bound):
                metric = _metric(standing.value, standing.low, standing.high, factor)
                found.setdefault(standing.stack, {})[slug] = metric
            for benchmark, metric in _ratios(verdict, ranking):
                found.setdefault(benchmark, {})[f"{slug}-ratio"] = metric
    return as_json(found, indent=1) + b"\n"


def _ratios(verdict: Verdict, ranking: Ranking) -> Iterator[tuple[str, Metric]]:
    """``gunicorn new/old`` and how many times the old figure the new one is."""
    first, *others = [*verdict.circumstances.variants] or [""]
    ranked = [standing.stack for standing in ranking.standings if not standing.bound]
    for old in (label for label in ranked if others and label.endswith(f"@{first}")):
        stack = old.removesuffix(f"@{first}")
        for name in (name for name in others if f"{stack}@{name}" in ranked):
            pair = ranking.between(f"{stack}@{name}", old)
            if pair.ratio is not None:
                yield f"{stack} {name}/{first}", _metric(pair.ratio, pair.low, pair.high)


def _metric(value: float, low: float | None, high: float | None, factor: float = 1.0) -> Metric:
    ends = {"lower_value": low, "upper_value": high}
    return {"value": value * factor} | {name: end * factor for name, end in ends.items() if end is not None}
