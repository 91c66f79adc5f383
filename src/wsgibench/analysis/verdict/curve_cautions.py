"""What makes capacities weaker than they look, whatever their intervals say."""

from collections.abc import Iterator, Sequence
from statistics import median

from wsgibench.analysis.capacities import figures_by_rate, held_share, read_to
from wsgibench.analysis.readable import capacity_in
from wsgibench.model.curve import Curve
from wsgibench.model.plan import Plan
from wsgibench.model.run import FinishedRun
from wsgibench.model.trial import PhaseFigures, Trial
from wsgibench.model.verdict import Caution
from wsgibench.stats.curves import Censoring

_BRIEFLY = 0.8
"""Of the time that a queue takes to form: what is less is said."""
_NEARLY_ALL = 0.8
"""Of the connections that the engine may open."""
_LATE = 0.25
"""Of a limit: what is asked for so late, waits as long before the stack has heard of it."""

_Kept = tuple[float, PhaseFigures]
"""A rate at which the limits were kept, with its figures."""


def cautions_of_curves(run: FinishedRun) -> Iterator[Caution]:
    """About rates that were held too briefly, and an engine that is late or may open no more; none without curves."""
    curve = run.run.plan.curve
    if curve is not None:
        yield from _held_briefly(run, curve)
        for stack in run.run.plan.stacks:
            trials = [trial for trial in run.trials if trial.stack == stack and trial.counts and trial.rungs]
            kept = [each for trial in trials if (each := _highest_kept(run.run.plan, trial)) is not None]
            yield from _connections(stack.label, kept, curve, of_trials=len(trials))
            yield from _late(stack.label, kept, curve)


def _held_briefly(run: FinishedRun, curve: Curve) -> Iterator[Caution]:
    """By what a limited queue does in benchmarks/capacity_simulated.py, where the budget left room for no more."""
    bears = {each.stack: each.bears_per_s for each in run.run.learned or ()}
    if few := {stack: share for stack, per_s in bears.items() if (share := held_share(curve, per_s)) < _BRIEFLY}:
        off = max(read_to(curve, bears[stack]) for stack in few)
        is_said = curve.hold_s is not None
        why = "Rates were held briefly (--hold)" if is_said else "The budget had room for short holds alone"
        yield Caution(
            name="held-briefly",
            cause=f"{why}, in which queues of stacks that bear little hardly form: of {' and '.join(few)} capacities "
            f"may be found {off:.0%} too high, and their intervals reach so far.",
            figure=min(few.values()),
            advice="Hold rates longer (--hold), with more --budget or fewer stacks.",
        )


def _connections(stack: str, kept: Sequence[_Kept], curve: Curve, *, of_trials: int) -> Iterator[Caution]:
    """Where nearly all of them were open at a rate that was kept, the engine may be what bears no more."""
    # By Little's law.
    open_most = [rate_per_s * (figures.mean_s or 0.0) for rate_per_s, figures in kept]
    if sum(most > _NEARLY_ALL * curve.connections_max for most in open_most) * 2 > of_trials:
        yield Caution(
            name="connections-max",
            cause=f"{stack} had {max(open_most):,.0f} requests under way at a rate that it keeps, and the engine opens "
            f"{curve.connections_max:,} connections at most: its capacity may be that of the engine.",
            figure=max(open_most),
            advice=f"Give --connections-max {2 * curve.connections_max}, or more.",
        )


def _late(stack: str, kept: Sequence[_Kept], curve: Curve) -> Iterator[Caution]:
    """Where the engine waits for a core for a good part of the shortest limit."""
    shortest_s = min((limit.most for limit in curve.limits if not limit.is_of_errors), default=None)
    late_s = [figures.lateness_p99_s for _, figures in kept if figures.lateness_p99_s is not None]
    if shortest_s is not None and late_s and median(late_s) > _LATE * shortest_s:
        yield Caution(
            name="late-engine",
            cause=f"Near the capacity of {stack} one request in a hundred was sent {median(late_s) * 1e3:.1f} ms late "
            "or more, as the engine waited for a core: with a limit so short that is a good part of it.",
            figure=median(late_s),
            advice="Give the engine a core of its own (--cores apart), or choose a longer limit.",
        )


def _highest_kept(plan: Plan, trial: Trial) -> _Kept | None:
    """The highest rate at which the limits were kept, with its figures; None where there is none."""
    capacity = capacity_in(plan, trial)
    if capacity is None or capacity.crossing.censoring is Censoring.LESS_THAN:
        return None
    kept = [(rate, figures) for rate, _, figures in figures_by_rate(trial) if rate <= capacity.crossing.low_per_s]
    return max(kept, key=lambda each: each[0], default=None)
