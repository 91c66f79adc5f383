"""A trial's figure by an objective."""

from collections.abc import Sequence

from wsgibench.model.curve import CURVE
from wsgibench.model.objective import OBJECTIVES, Objective
from wsgibench.model.plan import Phase, Plan
from wsgibench.model.trial import Trial
from wsgibench.stats.latency import PERCENTILES, has_enough_beyond, requests_for


def phase_of(plan: Plan, objective: Objective) -> str | None:
    """Of which phase the figure is taken: the saturated one, or the first at the same load for all; None of the whole.

    A run with one phase has no choice. The CPU of an app that is held against itself is that under the saturated
    load where there is one: it has the most requests.
    """
    if plan.within_stacks and objective.name == "cpu":
        saturated = [phase.name for phase in plan.phases if phase.load.saturates]
        return saturated[0] if saturated else fitting_phase(plan.phases, objective)
    return fitting_phase(plan.phases, objective)


def fitting_phase(phases: Sequence[Phase], objective: Objective) -> str | None:
    """The same, of these phases."""
    if objective.name == "memory":
        return None
    if objective.name == "capacity":
        return CURVE
    fitting = [phase.name for phase in phases if phase.load.saturates == objective.saturated]
    return fitting[0] if fitting else phases[0].name if phases else None


def objectives_in(plan: Plan) -> tuple[str, ...]:
    """Those of which the run has a figure, in the order in which the user asked, the others after them."""
    names = dict.fromkeys((*plan.objectives, *OBJECTIVES))
    return tuple(name for name in names if name in plan.objectives or _has_figure(plan, name))


def _has_figure(plan: Plan, name: str) -> bool:
    """Of an app that is held against itself only what its loads tell: requests/s at a given rate, and response times of
    as many requests as it can answer, say nothing but the rate, and requests/s once more.
    """
    if name in ("capacity", "memory"):
        return name == "memory" or plan.curve is not None
    if name == "cpu" or not plan.within_stacks:
        return bool(plan.phases)
    if name == "throughput":
        return not all(phase.load.is_open for phase in plan.phases)
    return not all(phase.load.saturates for phase in plan.phases)


def figure_of(trial: Trial, objective: Objective, phase: str | None) -> float | None:
    """The figure, in the objective's unit; None where the trial does not count or has none above 0.

    A percentile beyond which fewer than ten of the trial's requests lie is none, either.
    """
    if not trial.counts or has_few_beyond(trial, objective, phase):
        return None
    figure = trial.pss_bytes if objective.name == "memory" else _of_phase(trial, objective, phase)
    return figure if figure is not None and figure > 0 else None


def has_few_beyond(trial: Trial, objective: Objective, phase: str | None) -> bool:
    """Whether the figure is a percentile, with fewer than ten requests beyond it."""
    share, figures = PERCENTILES.get(objective.name), trial.phases.get(phase or "")
    return share is not None and figures is not None and not has_enough_beyond(figures.timed, share)


def requests_needed(objective: Objective) -> int:
    """How many requests a trial needs, so that ten lie beyond its percentile; 1 for other figures."""
    share = PERCENTILES.get(objective.name)
    return 1 if share is None else requests_for(share)


def _of_phase(trial: Trial, objective: Objective, phase: str | None) -> float | None:
    figures = trial.phases.get(phase or "")
    if figures is None:
        return None
    return {
        "throughput": figures.requests_per_s,
        "mean": figures.mean_s,
        "p50": figures.p50_s,
        "p90": figures.p90_s,
        "p99": figures.p99_s,
        "cpu": figures.cpu_per_1000_s,
    }.get(objective.name)
