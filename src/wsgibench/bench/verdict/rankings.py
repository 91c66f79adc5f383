"""The ranking of a run's stacks by one objective."""

from collections.abc import Sequence

import msgspec
import numpy as np

from wsgibench.bench.verdict.figures import phase_of
from wsgibench.bench.verdict.tables import Table, table_of
from wsgibench.model.objective import OBJECTIVES, Objective
from wsgibench.model.plan import Plan
from wsgibench.model.recording import BUCKETS
from wsgibench.model.run import FinishedRun
from wsgibench.model.verdict import Comparison, Outcome, Ranking, Standing
from wsgibench.runs.folder import RunFolder
from wsgibench.stats.bootstrap import percentile_intervals
from wsgibench.stats.levels import levels
from wsgibench.stats.sequential import ERROR, Judgement, judge
from wsgibench.stats.stopping import forecast

_SHARES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


def error_of(plan: Plan, objective: str) -> float:
    """What one ranking may err: those that were asked for share the error, so that together they keep it."""
    return ERROR / len(plan.objectives) if objective in plan.objectives else ERROR


def judgement_of(run: FinishedRun, objective: Objective) -> tuple[Table, Judgement | None]:
    """The table, and what it says; None where no stack can be ranked."""
    plan = run.run.plan
    table = table_of(run, objective, phase_of(plan, objective))
    if not table.stacks:
        return table, None
    return table, judge(
        table.figures,
        looks=plan.looks or (plan.blocks,),
        higher_is_better=objective.higher_is_better,
        margin=plan.margin,
        error=error_of(plan, objective.name),
    )


def ranking_of(folder: RunFolder, run: FinishedRun, name: str) -> Ranking:
    """The ranking by the objective of that name; percentiles are of the merged records."""
    objective = OBJECTIVES[name]
    plan = run.run.plan
    phase = phase_of(plan, objective)
    table, judgement = judgement_of(run, objective)
    nothing = Ranking(
        objective=name,
        phase=phase,
        asked=name in plan.objectives,
        error=error_of(plan, name),
        standings=(),
        comparisons=(),
        unranked=table.unranked,
    )
    if judgement is None:
        return nothing
    standings = _standings(folder, run, objective, table, judgement)
    best = judgement.winner
    return msgspec.structs.replace(
        nothing,
        standings=standings,
        comparisons=tuple(_comparisons(table, judgement, [standing.stack for standing in standings])),
        winner=None if best is None else table.stacks[best],
        settled=judgement.settled,
        blocks_needed=None if judgement.settled else forecast(judgement, plan.blocks).blocks_needed,
    )


def _standings(
    folder: RunFolder, run: FinishedRun, objective: Objective, table: Table, judgement: Judgement
) -> tuple[Standing, ...]:
    effects = None if judgement.estimates is None else judgement.estimates.effects
    if effects is not None and not objective.higher_is_better:
        effects = -effects
    found = levels(np.log(table.figures), effects)
    values = np.exp([found.value, found.low, found.high])
    standings = []
    for column, (stack, rank) in enumerate(zip(table.stacks, judgement.ranks, strict=True)):
        value, low, high = values[:, column]
        if objective.name in _SHARES:
            value, low, high = _percentile(folder, run, objective, table, stack)
        standings.append(
            Standing(
                stack=stack,
                rank=rank,
                value=float(value),
                low=None if np.isnan(low) else float(low),
                high=None if np.isnan(high) else float(high),
                counted=int(np.isfinite(table.figures[:, column]).sum()),
                trials=len(table.blocks),
            )
        )
    turn = -1 if objective.higher_is_better else 1
    return tuple(sorted(standings, key=lambda standing: (standing.rank, turn * standing.value)))


def _percentile(
    folder: RunFolder, run: FinishedRun, objective: Objective, table: Table, stack: str
) -> tuple[float, float, float]:
    """Of all blocks together: never an average of percentiles."""
    phase = phase_of(run.run.plan, objective)
    counts = [
        folder.trial(trial).recording(phase).latency.totals(BUCKETS)
        for trial in run.trials
        if phase and trial.stack.label == stack and trial.block in table.blocks and trial.counts
    ]
    found = percentile_intervals(np.array(counts), [_SHARES[objective.name]])
    return float(found.value_s[0]), float(found.low_s[0]), float(found.high_s[0])


def _comparisons(table: Table, judgement: Judgement, order: Sequence[str]) -> list[Comparison]:
    """Every pair once, the one that stands higher first."""
    comparisons = []
    for pair in judgement.pairs:
        first, second = table.stacks[pair.first], table.stacks[pair.second]
        known = pair.low > 0 and np.isfinite(pair.high)
        low, high = (pair.low, pair.high) if known else (None, None)
        ratio, outcome = pair.ratio, pair.outcome
        if order.index(first) > order.index(second):
            first, second, outcome = second, first, _OPPOSITE[outcome]
            ratio = None if ratio is None else 1 / ratio
            low, high = (None, None) if low is None or high is None else (1 / high, 1 / low)
        comparisons.append(Comparison(first=first, second=second, ratio=ratio, low=low, high=high, outcome=outcome))
    return sorted(comparisons, key=lambda each: (order.index(each.first), order.index(each.second)))


_OPPOSITE = {
    Outcome.BETTER: Outcome.WORSE,
    Outcome.WORSE: Outcome.BETTER,
    Outcome.TIED: Outcome.TIED,
    Outcome.UNDECIDED: Outcome.UNDECIDED,
}
