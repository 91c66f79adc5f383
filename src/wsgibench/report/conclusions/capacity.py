"""What is said of capacities beside their figures."""

from collections.abc import Sequence

from wsgibench.model.verdict import CONTRADICTORY, Needed, Scaling, Standing, Verdict
from wsgibench.report.conclusions.quantities import significant
from wsgibench.report.wording import listed
from wsgibench.stats.looks import FIRST_LOOK
from wsgibench.units import counted

OPERATION_SHARE = 0.8
"""Of a capacity, to run at: a day is not as even as a measurement, and beyond the capacity queues grow without end.
The recommendation is that of A. Shlyapnikov's grpc-service-benchmark, decision record 2."""


def limits_in_words(limits: Sequence[str]) -> str:
    """``p99 < 100 ms and errors < 0.1 %``."""
    return listed([_spaced(limit) for limit in limits]) if limits else "no limit"


def in_operation(standing: Standing) -> str:
    """What it can be run at, or why its capacity is but a bound."""
    reached = _why_more(standing)
    kept = _why_less(standing)
    queue = " (beyond it queues grow, before a limit breaks)" if standing.by_queue else ""
    if standing.bound == CONTRADICTORY:
        return f"blocks contradict one another: {kept}, {reached}"
    if standing.bound:
        return reached if standing.at_least else kept
    return f"{100 * OPERATION_SHARE:.0f} % of that, to run at: {significant(OPERATION_SHARE * standing.value)}/s{queue}"


def _why_less(standing: Standing) -> str:
    """What keeps a capacity from being known from below: the lowest rate, or that too little was asked at those below.

    Blocks may differ in it.
    """
    lowest = standing.less_than - standing.too_few
    broken = f"{_decisive(standing)} at the lowest rate{_in_blocks(lowest, standing.counted)}"
    if not standing.too_few:
        return broken
    below = f"below {significant(standing.value)}/s" if standing.too_few == standing.counted else "at lower rates"
    few = (
        f"too few requests {below} to show that {_spaced(standing.limit or 'the limit')} is kept"
        f"{_in_blocks(standing.too_few, standing.counted)}; hold rates longer (--hold)"
    )
    return f"{broken}, {few}" if lowest else few


def _why_more(standing: Standing) -> str:
    """What keeps a capacity from being known from above: the highest rate, or what the load engine took beyond it."""
    highest = standing.at_least - standing.by_engine
    reached = f"the limit was not reached at the highest rate{_in_blocks(highest, standing.counted)}"
    if not standing.by_engine:
        return reached
    weak = f"beyond it the load engine took more than it may{_in_blocks(standing.by_engine, standing.counted)}"
    return f"{reached}, {weak}" if highest else weak


def _decisive(standing: Standing) -> str:
    """What does not hold, where the lowest rate is more than a stack bears."""
    return "a queue grew" if standing.by_queue else f"{_spaced(standing.limit or 'the limit')} was not kept"


def _in_blocks(some: int, of: int) -> str:
    """Nothing where it is all of them."""
    return "" if some == of else f" in {some} of {counted(of, 'block')}"


def needed_in_words(verdict: Verdict) -> list[str]:
    """For each server how many workers it takes for the rate that was asked about, and what more of them bring."""
    limits = limits_in_words(verdict.circumstances.limits)
    needed = [f"{each.wanted_per_s:,.10g}/s with {limits}: {_needed(each)}." for each in verdict.needed]
    return [*needed, *map(_scaling, verdict.scaling)]


def _scaling(found: Scaling) -> str:
    fewest, most = min(found.measured), max(found.measured)
    top = f"most of all with {found.highest}" if found.highest < most else f"more up to {most}, the most measured"
    # What fewer than were measured bear is not said.
    alone = f"a {found.unit} bears {significant(found.alone_per_s)}/s, " if fewest == 1 else ""
    return (
        f"{found.way} with {fewest} to {most} {found.unit}s, by the universal scalability law: {alone}"
        f"{_percent(found.contention)} of its work is done by one at a time, each pair of {found.unit}s costs "
        f"{_percent(found.coherency)}; {top}. The figures are at most {_percent(found.off)} off it."
    )


def _percent(share: float) -> str:
    return f"{significant(share * 100)} %"


def _needed(needed: Needed) -> str:
    fewer = ""
    if needed.fewer is not None and needed.fewer_per_s is not None:
        figure = f"{needed.fewer_bound} {significant(needed.fewer_per_s)}/s".strip()
        fewer = f" ({_bear(needed.fewer, needed.unit)} {figure})"
    if needed.workers is None:
        return f"not shown for {needed.way} with {_numbers(needed.measured, needed.unit)}{fewer}: {_why_not(needed)}"
    opened = [each.workers for each in needed.found if each.workers < needed.workers and each.is_enough is None]
    if opened:
        may = f"{_numbers(opened, needed.unit)} may be, too, which is not settled"
        verb = "is" if needed.workers == 1 else "are"
        return f"{counted(needed.workers, needed.unit)} {verb} enough for {needed.way}{fewer}: {may}"
    least = " or fewer" if needed.workers == min(needed.measured) > 1 else ""
    return f"{needed.way} needs {counted(needed.workers, needed.unit)}{least}{fewer}"


def _why_not(needed: Needed) -> str:
    """Why no number of workers is known to be enough: that of the most for which this is not settled."""
    opened = [each for each in needed.found if each.is_enough is None]
    if not opened:
        return "all surely bear less" if len(needed.found) > 1 else "that is surely less"
    last = opened[-1]
    if last.per_s is None:
        return f"of {_numbers([last.workers], needed.unit)} no capacity is known"
    if last.bound == CONTRADICTORY:
        return f"of {_numbers([last.workers], needed.unit)} the blocks contradict one another"
    if last.bound == "at least":
        reached = f"with {_numbers([last.workers], needed.unit)} the limit was not reached at the highest rate"
        at_least = f"{_bear(last.workers, needed.unit)} at least {significant(last.per_s)}/s, and no more is known"
        return reached if last.keeps_all else at_least
    if last.high is None:
        return f"so few blocks have no interval, --blocks {FIRST_LOOK} or more do"
    surely = "" if last.low is None else f" surely {significant(last.low)}/s, and"
    return f"{_bear(last.workers, needed.unit)}{surely} at most {significant(last.high)}/s"


def _numbers(numbers: Sequence[int], unit: str) -> str:
    """``1 or 2 workers``."""
    return counted(numbers[0], unit) if len(numbers) == 1 else f"{listed(numbers, 'or')} {unit}s"


def _bear(number: int, unit: str) -> str:
    return f"{counted(number, unit)} {'bears' if number == 1 else 'bear'}"


def _spaced(limit: str) -> str:
    """A figure and its unit apart."""
    figure, _, most = limit.partition(" < ")
    number = most.rstrip("ms%inh")
    return f"{figure} < {number} {most[len(number) :]}" if most else limit
