"""What makes capacities weaker than they look, whatever their intervals say."""

from collections.abc import Iterator

from wsgibench.analysis.capacities import capacity_of, figures_by_rate, rungs_of
from wsgibench.model.curve import Curve
from wsgibench.model.run import FinishedRun
from wsgibench.model.trial import Trial
from wsgibench.model.verdict import Caution

_FEW = 100
"""Requests that fit into a limit: a queue of more is near to all that a stack can do, however long a rate is held."""
_NEARLY_ALL = 0.8
"""Of the connections that the engine may open."""


def cautions_of_curves(run: FinishedRun) -> Iterator[Caution]:
    """About rates that were held too briefly, and about what the engine may open; none of a run without curves."""
    curve = run.run.plan.curve
    if curve is not None:
        yield from _held_briefly(run, curve)
        yield from _connections(run, curve)


def _held_briefly(run: FinishedRun, curve: Curve) -> Iterator[Caution]:
    """By what a limited queue does in benchmarks/capacity_simulated.py, where the budget left room for no more."""
    usual = Curve(limits=())
    longest_s = max((limit.most for limit in curve.limits if not limit.is_of_errors), default=0.0)
    if curve.hold_s is not None or (curve.requests >= usual.requests and curve.hold_share >= 1):
        return
    few = [each.stack for each in run.run.learned or () if longest_s and longest_s * each.bears_per_s <= _FEW]
    if few:
        yield Caution(
            name="held-briefly",
            cause="The budget had room for short holds alone, in which queues of stacks that bear little hardly form: "
            f"of {' and '.join(few)} capacities are found some 5 % too high, if the app takes an even time.",
            figure=curve.hold_share * curve.requests / usual.requests,
            advice="Give more --budget or fewer stacks, or hold rates longer (--hold).",
        )


def _connections(run: FinishedRun, curve: Curve) -> Iterator[Caution]:
    """Where nearly all of them were open at a rate that was kept, the engine may be what bears no more."""
    for stack in run.run.plan.stacks:
        trials = [trial for trial in run.trials if trial.stack == stack and trial.counts and trial.rungs]
        open_most = [most for trial in trials if (most := _open_at_once(trial, curve)) is not None]
        if sum(most > _NEARLY_ALL * curve.connections_max for most in open_most) * 2 > len(trials):
            yield Caution(
                name="connections-max",
                cause=f"{stack.label} had {max(open_most):,.0f} requests under way at a rate that it keeps, and the "
                f"engine opens {curve.connections_max:,} connections at most: its capacity may be that of the engine.",
                figure=max(open_most),
                advice=f"Give --connections-max {2 * curve.connections_max}, or more.",
            )


def _open_at_once(trial: Trial, curve: Curve) -> float | None:
    """The mean of the requests under way at the rates that are kept, where there were most; by Little's law."""
    capacity = capacity_of([*rungs_of(trial)], curve)
    if capacity is None:
        return None
    found = [
        rate_per_s * figures.mean_s
        for rate_per_s, _, figures in figures_by_rate(trial)
        if rate_per_s <= capacity.crossing.low_per_s and figures.mean_s is not None
    ]
    return max(found, default=None)
