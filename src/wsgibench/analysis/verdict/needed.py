"""How many workers a rate takes, and what more bring, from capacities of stacks that differ in nothing else."""

from collections.abc import Iterator, Mapping

import numpy as np

from wsgibench.model.plan import Plan
from wsgibench.model.stack import Stack
from wsgibench.model.verdict import Needed, Ranking, Scaling, Standing
from wsgibench.stats.scaling import scalability_law


def way_of(stack: Stack) -> str:
    """The label without what says the number of workers."""
    return stack.label.replace(f":w{stack.workers}", "")


def needed_of(plan: Plan, rankings: Mapping[str, Ranking]) -> Iterator[Needed]:
    """Of each way in the plan's order; nothing where no rate was asked about.

    Enough is what surely is: the lower end of a capacity's interval. Nothing is said of other numbers of workers than
    those that were measured.
    """
    ranking, wanted_per_s = rankings.get("capacity"), plan.curve.wanted_per_s if plan.curve else None
    if ranking is None or wanted_per_s is None:
        return
    for way, measured in _by_way(plan, ranking).items():
        enough = next((workers for workers, each in measured if each and (each.low or 0.0) >= wanted_per_s), None)
        fewer = [(workers, each) for workers, each in measured if each and (enough is None or workers < enough)]
        last = fewer[-1] if fewer else None
        yield Needed(
            way=way,
            wanted_per_s=wanted_per_s,
            workers=enough,
            measured=tuple(workers for workers, _ in measured),
            fewer=last and last[0],
            fewer_per_s=last and last[1].value,
        )


def scaling_of(plan: Plan, rankings: Mapping[str, Ranking]) -> Iterator[Scaling]:
    """Of each way of which enough capacities are known, and not only bounds of them."""
    ranking = rankings.get("capacity")
    for way, measured in _by_way(plan, ranking).items() if ranking else ():
        known = [(workers, each.value) for workers, each in measured if each and not each.bound]
        workers, values = (tuple(workers for workers, _ in known), np.array([value for _, value in known]))
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


def _by_way(plan: Plan, ranking: Ranking) -> dict[str, list[tuple[int, Standing | None]]]:
    """Numbers of workers, ascending, each with its capacity, by way in the plan's order."""
    standings = {standing.stack: standing for standing in ranking.standings}
    ways: dict[str, list[tuple[int, Standing | None]]] = {}
    for stack in plan.stacks:
        ways.setdefault(way_of(stack), []).append((stack.workers, standings.get(stack.label)))
    return {way: sorted(measured, key=lambda each: each[0]) for way, measured in ways.items()}
