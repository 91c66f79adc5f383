"""The ranking of a run's stacks by one objective."""

from collections.abc import Sequence

import msgspec
import numpy as np

from wsgibench.bench.verdict.figures import phase_of
from wsgibench.bench.verdict.tables import Table, table_of
from wsgibench.errors import RunFolderError
from wsgibench.model.objective import OBJECTIVES, Objective
from wsgibench.model.plan import Plan
from wsgibench.model.recording import BUCKETS
from wsgibench.model.run import FinishedRun
from wsgibench.model.verdict import Comparison, Merged, Ranking, Standing
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
    # Without looks the run is judged once, where it ended: that was not decided by what had been found. One that is
    # still going has not ended.
    end = plan.blocks if run.run.status == "running" else len(table.blocks)
    return table, judge(
        table.figures,
        looks=plan.looks or (end,),
        higher_is_better=objective.higher_is_better,
        margin=plan.margin,
        error=error_of(plan, objective.name),
    )


def ranking_of(folder: RunFolder, run: FinishedRun, name: str) -> Ranking:
    """The ranking by the objective of that name."""
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
    standings = [
        Standing(
            stack=stack,
            rank=rank,
            value=float(np.exp(found.value[column])),
            low=_known(float(np.exp(found.low[column]))),
            high=_known(float(np.exp(found.high[column]))),
            counted=int(np.isfinite(table.figures[:, column]).sum()),
            trials=len(table.blocks),
            merged=_merged(folder, run, objective, table, stack) if objective.name in _SHARES else None,
        )
        for column, (stack, rank) in enumerate(zip(table.stacks, judgement.ranks, strict=True))
    ]
    turn = -1 if objective.higher_is_better else 1
    return tuple(sorted(standings, key=lambda standing: (standing.rank, turn * standing.value)))


def _merged(folder: RunFolder, run: FinishedRun, objective: Objective, table: Table, stack: str) -> Merged | None:
    phase = phase_of(run.run.plan, objective) or ""
    try:
        counts = [
            folder.trial(trial).recording(phase).latency.totals(BUCKETS)
            for trial in run.trials
            if trial.stack.label == stack and trial.block in table.blocks and phase in trial.phases and trial.counts
        ]
    except RunFolderError:
        # The ranking needs the figures alone; whoever reads the recording itself says what is wrong with it.
        return None
    found = percentile_intervals(np.array(counts), [_SHARES[objective.name]])
    value = _known(float(found.value_s[0]))
    return (
        None
        if value is None
        else Merged(value=value, low=_known(float(found.low_s[0])), high=_known(float(found.high_s[0])))
    )


def _known(value: float) -> float | None:
    """None for NaN: missing is missing."""
    return None if np.isnan(value) else value


def _comparisons(table: Table, judgement: Judgement, order: Sequence[str]) -> list[Comparison]:
    """Every pair once, the one that stands higher first."""
    comparisons = []
    for pair in judgement.pairs:
        known = pair.low > 0 and np.isfinite(pair.high)
        found = Comparison(
            first=table.stacks[pair.first],
            second=table.stacks[pair.second],
            ratio=pair.ratio,
            low=pair.low if known else None,
            high=pair.high if known else None,
            outcome=pair.outcome,
        )
        comparisons.append(found if order.index(found.first) < order.index(found.second) else found.reversed)
    return sorted(comparisons, key=lambda each: (order.index(each.first), order.index(each.second)))
