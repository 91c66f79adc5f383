"""How many workers a rate takes, and what more bring, from capacities of stacks that differ in nothing else."""

from collections.abc import Iterator

import numpy as np

from wsgibench.analysis.phase_figures import known
from wsgibench.analysis.verdict.rankings import Judged, question_of
from wsgibench.model.plan import Plan
from wsgibench.model.stack import Stack
from wsgibench.model.verdict import Needed, Ranking, Scaling, Standing, Sufficiency
from wsgibench.stats.curves import READ_TO
from wsgibench.stats.pairs import Regions
from wsgibench.stats.scaling import scalability_law
from wsgibench.stats.sequential import ERROR, Judgement, judge
from wsgibench.stats.stopping import Question

_DECIDED: Regions = ((-np.inf, -READ_TO), (READ_TO, np.inf))
"""Where the logarithm of a capacity lies surely below that of the rate or above it."""


def way_of(stack: Stack) -> str:
    """The label without what says the number of workers."""
    return stack.label.replace(f":w{stack.workers}", "")


def open_rates(plan: Plan, found: Judged) -> list[tuple[Judgement, Question]]:
    """What must yet be known to name the fewest workers for the rate that is asked about, of what may be known in time.

    Of each way that is each number of workers up to the first that surely is enough; nothing where no rate is asked
    about. ``found`` are the capacities.
    """
    against = _against_rate(plan, found)
    opened = []
    for stacks in _by_way(plan).values():
        for stack in stacks:
            if stack.label not in against:
                continue
            judgement = against[stack.label]
            is_enough = _is_enough(judgement)
            if is_enough:
                break
            question = question_of(judgement, 0, 1, _DECIDED)
            if question and is_enough is None:
                opened.append((judgement, question))
    return opened


def needed_of(plan: Plan, found: Judged, ranking: Ranking) -> Iterator[Needed]:
    """Of each way in the plan's order; nothing where no rate was asked about. ``found`` and the ranking are of
    capacities.

    Nothing is said of other numbers of workers than those that were measured.
    """
    wanted_per_s = plan.curve.wanted_per_s if plan.curve else None
    if wanted_per_s is None:
        return
    against, standings = _against_rate(plan, found), {each.stack: each for each in ranking.standings}
    for way, stacks in _by_way(plan).items():
        each_found = tuple(
            _sufficiency(stack, standings.get(stack.label), against.get(stack.label), wanted_per_s) for stack in stacks
        )
        enough = next((each.workers for each in each_found if each.is_enough), None)
        fewer = [each for each in each_found if each.per_s is not None and (enough is None or each.workers < enough)]
        last = fewer[-1] if fewer else None
        yield Needed(
            way=way,
            wanted_per_s=wanted_per_s,
            workers=enough,
            measured=tuple(each.workers for each in each_found),
            fewer=last.workers if last else None,
            fewer_per_s=last.per_s if last else None,
            fewer_bound=last.bound if last else "",
            found=each_found,
        )


def _against_rate(plan: Plan, found: Judged) -> dict[str, Judgement]:
    """By label, each ranked stack (0) held against the rate (1), as if that were a stack that always bears just it.

    So outliers, bounds, looks and what is still to come are as of any pair. The candidates share an error of their own.
    """
    table, ranked = found
    wanted_per_s = plan.curve.wanted_per_s if plan.curve else None
    if wanted_per_s is None or ranked is None:
        return {}
    rate = np.full(len(table.blocks), wanted_per_s)
    return {
        stack: judge(
            np.column_stack((table.figures[:, column], rate)),
            looks=ranked.looks,
            error=ERROR / len(plan.stacks),
            censoring=np.column_stack((table.censoring[:, column], np.zeros_like(rate, np.int64))),
        )
        for column, stack in enumerate(table.stacks)
    }


def _ends(judgement: Judgement) -> tuple[float, float]:
    """Of the logarithm of how many times the rate the capacity is."""
    intervals = judgement.intervals
    return float(intervals.low[0, 1]) - READ_TO, float(intervals.high[0, 1]) + READ_TO


def _is_enough(judgement: Judgement) -> bool | None:
    low, high = _ends(judgement)
    return True if low >= 0 else False if high < 0 else None


def _sufficiency(
    stack: Stack, standing: Standing | None, judgement: Judgement | None, wanted_per_s: float
) -> Sufficiency:
    if standing is None or judgement is None:
        return Sufficiency(workers=stack.workers)
    low, high = (known(wanted_per_s * np.exp(end)) if np.isfinite(end) else None for end in _ends(judgement))
    return Sufficiency(
        workers=stack.workers,
        per_s=standing.value,
        bound=standing.bound,
        low=low,
        high=high,
        is_enough=_is_enough(judgement),
    )


def scaling_of(plan: Plan, ranking: Ranking) -> Iterator[Scaling]:
    """Of each way of which enough capacities are known, and not only bounds of them."""
    standings = {each.stack: each for each in ranking.standings if not each.bound}
    for way, stacks in _by_way(plan).items():
        measured = [(stack.workers, standings[stack.label].value) for stack in stacks if stack.label in standings]
        workers, values = (tuple(workers for workers, _ in measured), np.array([value for _, value in measured]))
        law = scalability_law(workers, values)
        if law is not None:
            fitted = law.at(workers)
            yield Scaling(
                way=way,
                measured=workers,
                alone_per_s=law.alone_per_s,
                contention=law.contention,
                coherency=law.coherency,
                off=float(np.abs(fitted / values - 1).max()),
                highest=workers[int(fitted.argmax())],
            )


def _by_way(plan: Plan) -> dict[str, list[Stack]]:
    """The stacks of each way, by number of workers, in the plan's order."""
    ways: dict[str, list[Stack]] = {}
    for stack in plan.stacks:
        ways.setdefault(way_of(stack), []).append(stack)
    return {way: sorted(stacks, key=lambda stack: stack.workers) for way, stacks in ways.items()}
