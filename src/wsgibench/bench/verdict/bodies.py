"""How the bodies of variants compare, from what a run knew of its answers in the end."""

from collections.abc import Iterator

from wsgibench.model.plan import Plan
from wsgibench.model.verdict import BodiesBetween
from wsgibench.runs.folder import RunFolder


def bodies_between(folder: RunFolder, plan: Plan) -> Iterator[BodiesBetween]:
    """Of each variant beside the first; none where all must be the same, and where nothing was kept."""
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
        if both:
            yield BodiesBetween(
                variant=name,
                other=first,
                paths=len(both),
                differing=len(differing),
                example=next(iter(differing), None),
                same=same,
            )
