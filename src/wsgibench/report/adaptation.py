"""Why a plan is as it is, from what the first look at its stacks found."""

from collections.abc import Iterator, Sequence

from wsgibench.model.learned import Learned
from wsgibench.model.plan import Phase, Plan
from wsgibench.units import format_duration

_USUAL_TURN_S = 0.2


def adaptations(plan: Plan, learned: Sequence[Learned]) -> Iterator[str]:
    """A sentence each; none where nothing was learned."""
    if not learned or plan.unsaid is None:
        return
    slowest = min(learned, key=lambda each: each.bears_per_s)
    for phase in plan.phases:
        if phase.load.peak_per_s is not None:
            yield from _of_rate(plan, phase.load.peak_per_s, slowest, learned)
        elif phase.load.saturates and plan.unsaid.connections:
            yield f"{phase.name}: {phase.load.population} connections."
    if plan.cores and plan.cores.why:
        yield plan.cores.why
    yield from _of_turns(plan, learned)


def rate_words(rate_per_s: float) -> str:
    """``820/s``, ``6.7/s``."""
    return f"{rate_per_s:,.0f}/s" if rate_per_s >= 100 else f"{rate_per_s:.3g}/s"


def _of_rate(plan: Plan, rate_per_s: float, slowest: Learned, learned: Sequence[Learned]) -> Iterator[str]:
    share = plan.unsaid.steady_share if plan.unsaid else None
    asked, bears = rate_words(rate_per_s), rate_words(slowest.bears_per_s)
    if not slowest.is_saturated:
        bears = f"at least {bears}"
    if share is not None:
        yield f"steady: {asked}, {share:.0%} of what the slowest, {slowest.stack}, bears ({bears})."
        return
    for each in learned:
        if each.is_saturated and each.bears_per_s < rate_per_s:
            yield f"{each.stack} bears {rate_words(each.bears_per_s)}, less than the {asked} asked for."


def _of_turns(plan: Plan, learned: Sequence[Learned]) -> Iterator[str]:
    if plan.turn_s is not None:
        if not plan.unsaid or not plan.unsaid.turn:
            return
        lengths = {turn_s for phase in plan.phases if (turn_s := _longer_turn_s(plan, phase)) is not None}
        if lengths:
            slowest = max(learned, key=lambda each: each.service_s)
            yield (
                f"Turns of {' and '.join(format_duration(length) for length in sorted(lengths))}: "
                f"an answer of {slowest.stack} takes {format_duration(slowest.service_s)}."
            )
        return
    if plan.alone_because:
        yield f"One after another: {plan.alone_because}"
    for each in learned:
        if each.is_busy_idle:
            yield f"One after another: {each.stack} uses {each.idle_cpu_share:.0%} of a core without any request."
        elif each.stands_still:
            yield f"One after another: {each.stack} stood still for {format_duration(each.longest_gap_s)}."


def _longer_turn_s(plan: Plan, phase: Phase) -> float | None:
    turn_s = plan.turn_of(phase)
    return turn_s if turn_s is not None and turn_s > _USUAL_TURN_S else None
