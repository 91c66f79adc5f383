"""How the bodies of variants compare, from what a run knew of its answers in the end."""

from collections.abc import Collection, Container, Iterator

from wsgibench.model.run import FinishedRun
from wsgibench.model.verdict import BodiesBetween
from wsgibench.runs.folder import RunFolder

_TIMES_ASKED = 10
"""Requests for each path: by chance a path is left out of so many in one of 22,000 cases."""


def bodies_between(folder: RunFolder, run: FinishedRun) -> Iterator[BodiesBetween]:
    """Of each variant beside the first; none where all must be the same, and where nothing was kept."""
    plan = run.run.plan
    if len(plan.variants) < 2 or plan.same_bodies:
        return
    first, *others = (variant.name for variant in plan.variants)
    before = folder.read_answers(first)
    for name in others:
        answers = folder.read_answers(name)
        if before is None or answers is None:
            continue
        old, new = before.by_path(), answers.by_path()
        both = [path for path in old if path in new]
        differing = [path for path in both if old[path] != new[path]]
        same = next((path for path in both if old[path] == new[path]), None)
        by_new, by_old = _unanswered(run, name, old, new), _unanswered(run, first, new, old)
        if both or by_new or by_old:
            yield BodiesBetween(
                variant=name,
                other=first,
                paths=len(both),
                differing=len(differing),
                example=next(iter(differing), None),
                same=same,
                unanswered=len(by_new),
                unanswered_example=next(iter(by_new), None),
                other_unanswered=len(by_old),
                other_unanswered_example=next(iter(by_old), None),
            )


def _unanswered(run: FinishedRun, variant: str, others: Collection[str], own: Container[str]) -> list[str]:
    """The paths that another variant answers, and this one does not, which surely was asked for them."""
    return [path for path in others if path not in own] if _asked_all(run, variant, len(others)) else []


def _asked_all(run: FinishedRun, variant: str, paths: int) -> bool:
    """Whether the variant surely was asked for all of so many paths, and some requests to it failed."""
    figures = [each for trial in run.trials if trial.stack.variant == variant for each in trial.phases.values()]
    requests = sum(each.requests for each in figures)
    return any(each.failures for each in figures) and requests >= _TIMES_ASKED * paths
