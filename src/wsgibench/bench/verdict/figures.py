"""A trial's figure by an objective."""

from wsgibench.model.load import Connections
from wsgibench.model.objective import Objective
from wsgibench.model.plan import Plan
from wsgibench.model.trial import Trial


def phase_of(plan: Plan, objective: Objective) -> str | None:
    """Of which phase the figure is taken: the saturated one, or the first at the same load for all; None of the whole.

    A run with one phase has no choice.
    """
    if objective.name == "memory":
        return None
    fitting = [phase.name for phase in plan.phases if isinstance(phase.load, Connections) == objective.saturated]
    return fitting[0] if fitting else plan.phases[0].name


def figure_of(trial: Trial, objective: Objective, phase: str | None) -> float | None:
    """The figure, in the objective's unit; None where the trial does not count or has none above 0."""
    if not trial.counts:
        return None
    figure = trial.pss_bytes if phase is None else _of_phase(trial, objective, phase)
    return figure if figure is not None and figure > 0 else None


def _of_phase(trial: Trial, objective: Objective, phase: str) -> float | None:
    figures = trial.phases.get(phase)
    if figures is None:
        return None
    return {
        "throughput": figures.requests_per_s,
        "mean": figures.mean_s,
        "p50": figures.p50_s,
        "p90": figures.p90_s,
        "p99": figures.p99_s,
        "cpu": figures.cpu_per_1000_s,
    }[objective.name]
