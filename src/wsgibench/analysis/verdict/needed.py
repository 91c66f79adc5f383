"""How many workers a rate takes, and what more bring, from capacities of stacks that differ in nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wsgibench.analysis.made_with import made_with
from wsgibench.analysis.phase_figures import known
from wsgibench.analysis.verdict.rankings import Judged, question_of
from wsgibench.model.made_with import StackFacts
from wsgibench.model.plan import Plan
from wsgibench.model.run import Run
from wsgibench.model.stack import Stack
from wsgibench.model.verdict import Needed, Ranking, Scaling, Standing, Sufficiency
from wsgibench.stats.pairs import Regions
from wsgibench.stats.scaling import scalability_law
from wsgibench.stats.sequential import ERROR, Judgement, judge
from wsgibench.stats.stopping import Question


@dataclass(frozen=True)
class _Against:
    """A capacity held against a rate; ``read_to`` is by how much its logarithm may be wrong in all blocks alike."""

    judgement: Judgement
    read_to: float

    @property
    def decided(self) -> Regions:
        """Where the logarithm of the capacity lies surely below that of the rate, or above it."""
        return (-np.inf, -self.read_to), (self.read_to, np.inf)

    @property
    def ends(self) -> tuple[float, float]:
        """Of the logarithm of how many times the rate the capacity is."""
        intervals = self.judgement.intervals
        return float(intervals.low[0, 1]) - self.read_to, float(intervals.high[0, 1]) + self.read_to

    @property
    def is_enough(self) -> bool | None:
        """Whether it surely is as much as the rate; None where that is not known."""
        low, high = self.ends
        return True if low >= 0 else False if high < 0 else None


@dataclass(frozen=True)
class Way:
    """Stacks that differ in nothing but in how many workers they have.

    Attributes:
        label: the stack without its number of workers.
        unit: what the number makes: a ``worker``, or of a server without any a ``thread``; a ``process`` where it makes
            nothing, and each stack is a way by itself.
        stacks: by number, ascending, each with the number.
    """

    label: str
    unit: str
    stacks: tuple[tuple[int, Stack], ...]


def ways_of(run: Run) -> list[Way]:
    """Those of the run, in the plan's order."""
    facts, ways = made_with(run).stacks, dict[tuple[str, str], list[tuple[int, Stack]]]()
    for stack in run.plan.stacks:
        unit, number = _size(stack, facts[stack.label])
        label = stack.label if unit == "process" else stack.label.replace(f":w{stack.workers}", "")
        ways.setdefault((label, unit), []).append((number, stack))
    return [Way(label, unit, tuple(sorted(stacks, key=lambda each: each[0]))) for (label, unit), stacks in ways.items()]


def _size(stack: Stack, facts: StackFacts) -> tuple[str, int]:
    """What its number of workers makes, and how many of these it has."""
    if facts.has_workers:
        return "worker", stack.workers
    # As many at a time as come: nothing is there to be counted.
    return ("process", 1) if facts.at_once is None else ("thread", facts.threads_each or 1)


def open_rates(run: Run, found: Judged) -> list[tuple[Judgement, Question]]:
    """What must yet be known to name the fewest workers for the rate that is asked about, of what may be known in time.

    Of each way that is each number of workers up to the first that surely is enough; nothing where no rate is asked
    about. ``found`` are the capacities.
    """
    against = _against_rate(run.plan, found)
    opened = []
    for way in ways_of(run):
        for _, stack in way.stacks:
            if stack.label not in against:
                continue
            its = against[stack.label]
            if its.is_enough:
                break
            question = question_of(its.judgement, 0, 1, its.decided)
            if question and its.is_enough is None:
                opened.append((its.judgement, question))
    return opened


def needed_of(run: Run, found: Judged, ranking: Ranking) -> Iterator[Needed]:
    """Of each way in the plan's order; nothing where no rate was asked about. ``found`` and the ranking are of
    capacities.

    Nothing is said of other numbers of workers than those that were measured.
    """
    wanted_per_s = run.plan.curve.wanted_per_s if run.plan.curve else None
    if wanted_per_s is None:
        return
    against, standings = _against_rate(run.plan, found), {each.stack: each for each in ranking.standings}
    for way in ways_of(run):
        each_found = tuple(
            _sufficiency(number, standings.get(stack.label), against.get(stack.label), wanted_per_s)
            for number, stack in way.stacks
        )
        enough = next((each.workers for each in each_found if each.is_enough), None)
        fewer = [each for each in each_found if each.per_s is not None and (enough is None or each.workers < enough)]
        last = fewer[-1] if fewer else None
        yield Needed(
            way=way.label,
            unit=way.unit,
            wanted_per_s=wanted_per_s,
            workers=enough,
            measured=tuple(each.workers for each in each_found),
            fewer=last.workers if last else None,
            fewer_per_s=last.per_s if last else None,
            fewer_bound=last.bound if last else "",
            found=each_found,
        )


def _against_rate(plan: Plan, found: Judged) -> dict[str, _Against]:
    """By label, each ranked stack (0) held against the rate (1), as if that were a stack that always bears just it.

    So outliers, bounds, looks and what is still to come are as of any pair. The candidates share an error of their own.
    """
    table, ranked = found
    wanted_per_s = plan.curve.wanted_per_s if plan.curve else None
    if wanted_per_s is None or ranked is None:
        return {}
    rate = np.full(len(table.blocks), wanted_per_s)
    return {
        stack: _Against(
            judge(
                np.column_stack((table.figures[:, column], rate)),
                looks=ranked.looks,
                error=ERROR / len(plan.stacks),
                censoring=np.column_stack((table.censoring[:, column], np.zeros_like(rate, np.int64))),
            ),
            table.read_to[column],
        )
        for column, stack in enumerate(table.stacks)
    }


def _sufficiency(number: int, standing: Standing | None, against: _Against | None, wanted_per_s: float) -> Sufficiency:
    if standing is None or against is None:
        return Sufficiency(workers=number)
    low, high = (known(wanted_per_s * np.exp(end)) if np.isfinite(end) else None for end in against.ends)
    return Sufficiency(
        workers=number,
        per_s=standing.value,
        bound=standing.bound,
        keeps_all=standing.at_least - standing.by_engine == standing.counted,
        low=low,
        high=high,
        is_enough=against.is_enough,
    )


def scaling_of(run: Run, ranking: Ranking) -> Iterator[Scaling]:
    """Of each way of which enough capacities are known, and not only bounds of them."""
    standings = {each.stack: each for each in ranking.standings if not each.bound}
    for way in ways_of(run):
        measured = [(number, standings[stack.label].value) for number, stack in way.stacks if stack.label in standings]
        workers, values = (tuple(workers for workers, _ in measured), np.array([value for _, value in measured]))
        law = scalability_law(workers, values)
        if law is not None:
            fitted = law.at(workers)
            yield Scaling(
                way=way.label,
                unit=way.unit,
                measured=workers,
                alone_per_s=law.alone_per_s,
                contention=law.contention,
                coherency=law.coherency,
                off=float(np.abs(fitted / values - 1).max()),
                highest=workers[int(fitted.argmax())],
            )
