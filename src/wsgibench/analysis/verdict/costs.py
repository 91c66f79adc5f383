"""Where the work of each candidate goes, one beside the other."""

from collections.abc import Iterable, Sequence
from statistics import median

from wsgibench.analysis.audit import Audited
from wsgibench.analysis.verdict.objective_figures import phase_of
from wsgibench.model.monitor import Sample, TreeSample
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.trial import Trial
from wsgibench.model.verdict import Cost

_ROLES = ("server", "proxy")


def costs_of(audited: Audited) -> tuple[Cost, ...]:
    """Of each candidate, in the plan's order; none where there is one state of the app."""
    plan = audited.run.run.plan
    if len(plan.variants) < 2:
        return ()
    phase = phase_of(plan, OBJECTIVES["cpu"]) or ""
    return tuple(_cost(audited, stack.label, phase) for stack in plan.stacks)


def _cost(audited: Audited, label: str, phase: str) -> Cost:
    trials = [trial for trial in audited.run.trials if trial.stack.label == label]
    counting = [trial for trial in trials if trial.counts and phase in trial.phases]
    figures = [trial.phases[phase] for trial in counting]
    phases = [each.name for each in audited.run.run.plan.phases]
    all_figures = [trial.phases[name] for trial in trials for name in phases if name in trial.phases]
    seen = [_trees(trial, audited.samples.get(trial.folder, ())) for trial in counting]
    return Cost(
        candidate=label,
        server_cpu_per_1000_s=_median(_per_1000(each.server_cpu_s, each.cpu_answers) for each in figures),
        proxy_cpu_per_1000_s=_median(_per_1000(each.proxy_cpu_s, each.cpu_answers) for each in figures),
        memory_bytes=_median(trial.pss_bytes for trial in counting),
        processes=_median(sum(tree.processes for tree in each[-1][1]) for each in seen if each),
        threads=_median(sum(tree.threads for tree in each[-1][1]) for each in seen if each),
        context_switches_per_request=_median(map(_switches_per_request, counting, seen)),
        connections_per_1000=_median(_per_1000(each.events.get("connects"), each.requests) for each in figures),
        failures=sum(each.failures for each in all_figures) if all_figures else None,
        requests=sum(each.requests for each in all_figures) if all_figures else None,
    )


def _median(figures: Iterable[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return float(median(known)) if known else None


def _per_1000(figure: float | None, requests: int) -> float | None:
    return None if figure is None or not requests else 1000 * figure / requests


_Seen = list[tuple[float, list[TreeSample]]]
"""Moments, and the trees of server and proxy then."""


def _trees(trial: Trial, samples: Sequence[Sample]) -> _Seen:
    """As the monitor saw them in the measured time, whether they are called by their role or by label and role."""
    if trial.observed is None:
        return []
    began_s, ended_s = trial.observed.began_s, trial.observed.ended_s
    names = {name for role in _ROLES for name in (role, f"{trial.stack.label}/{role}")}
    found = [
        (sample.time_s, [tree for name, tree in sample.trees.items() if name in names])
        for sample in samples
        if began_s <= sample.time_s <= ended_s
    ]
    return [(time_s, trees) for time_s, trees in found if trees]


def _switches_per_request(trial: Trial, seen: _Seen) -> float | None:
    """From the first reading to the last; requests are taken to come evenly, as turns do."""
    readings = [
        (time_s, sum(tree.context_switches or 0 for tree in trees))
        for time_s, trees in seen
        if all(tree.context_switches is not None for tree in trees)
    ]
    pieces = trial.turns or trial.pieces
    requests = sum(sum(each.outcomes.values()) if each.answered is None else each.answered for each in pieces)
    if len(readings) < 2 or not requests or trial.observed is None:
        return None
    (first_s, first), (last_s, last) = readings[0], readings[-1]
    per_s = (last - first) / (last_s - first_s) if last_s > first_s else 0.0
    return per_s * (trial.observed.ended_s - trial.observed.began_s) / requests
