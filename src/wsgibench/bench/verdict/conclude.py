"""The verdict of a run, from its folder alone."""

from collections import Counter
from collections.abc import Iterable

from wsgibench.bench.verdict.answers import answer_of
from wsgibench.bench.verdict.cautions import cautions_of
from wsgibench.bench.verdict.claims import claims_of
from wsgibench.bench.verdict.percentiles import merged_percentiles
from wsgibench.bench.verdict.rankings import judged, ranking_of
from wsgibench.bench.verdict.tables import whole_blocks, why_not_counted
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.run import Run
from wsgibench.model.trial import TrialTimes
from wsgibench.model.verdict import Circumstances, Verdict
from wsgibench.runs.folder import RunFolder


def verdict_of(folder: RunFolder) -> Verdict:
    """What the trials say, however far the run has come.

    Raises:
        RunFolderError: the record of the run or of a trial is damaged.
    """
    run = folder.read()
    plan = run.run.plan
    # In the order in which the user asked, the others after them.
    found = {name: judged(run, name) for name in dict.fromkeys((*plan.objectives, *OBJECTIVES))}
    merged = merged_percentiles(folder, run)
    rankings = {name: ranking_of(plan, name, found[name], merged) for name in found}
    blocks = whole_blocks(run)
    took_s = _took_s([trial.times for trial in run.trials if trial.block in blocks])
    reasons = Counter(reason for reason in map(why_not_counted, run.trials) if reason)
    return Verdict(
        folder=folder.path.name,
        status=run.run.status,
        circumstances=_circumstances(run.run),
        margin=plan.margin,
        blocks=len(blocks),
        blocks_most=plan.blocks,
        looks=plan.looks or (plan.blocks,),
        stop=run.run.stop,
        load_s=plan.phases[0].duration_s,
        took_s=_took_s([trial.times for trial in run.trials]),
        block_s=took_s / len(blocks) if blocks else None,
        trials=len(run.trials),
        counted=sum(trial.counts for trial in run.trials),
        not_counted=dict(reasons.most_common()),
        rankings=tuple(rankings.values()),
        claims=tuple(answer_of(claim, plan, found, rankings) for claim in claims_of(plan)),
        cautions=tuple(cautions_of(run, found)),
    )


def _took_s(times: Iterable[TrialTimes]) -> float:
    """How long any of the trials ran: what lies between them, when a run was interrupted, does not count."""
    took_s, until_s = 0.0, 0.0
    for each in sorted(times, key=lambda each: each.started_s):
        end_s = each.stopped_s or each.started_s
        took_s += max(end_s - max(each.started_s, until_s), 0.0)
        until_s = max(until_s, end_s)
    return took_s


def _circumstances(run: Run) -> Circumstances:
    plan = run.plan
    return Circumstances(
        app=plan.app.target,
        cores=run.machine.cores,
        cpu=run.machine.cpu,
        workers=tuple(sorted({stack.workers for stack in plan.stacks})),
        threads=tuple(sorted({stack.threads for stack in plan.stacks})),
        loads={phase.name: phase.load for phase in plan.phases},
        engine=f"{plan.engine} {run.versions.get(plan.engine, '')}".strip(),
        seed=plan.seed,
        store=plan.store,
        setup=plan.setup,
    )
