"""The verdict of a run, from its folder alone."""

from collections import Counter
from statistics import median

from wsgibench.bench.verdict.cautions import cautions_of
from wsgibench.bench.verdict.claims import answer_of, claims_of
from wsgibench.bench.verdict.rankings import ranking_of
from wsgibench.bench.verdict.tables import why_not_counted
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.run import FinishedRun, Run
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
    names = dict.fromkeys((*plan.objectives, *OBJECTIVES))
    rankings = {name: ranking_of(folder, run, name) for name in names}
    times_s = _block_times_s(run)
    reasons = Counter(reason for reason in map(why_not_counted, run.trials) if reason)
    return Verdict(
        folder=folder.path.name,
        status=run.run.status,
        circumstances=_circumstances(run.run),
        margin=plan.margin,
        blocks=len(times_s),
        blocks_most=plan.blocks,
        looks=plan.looks or (plan.blocks,),
        stop=run.run.stop,
        took_s=sum(times_s),
        block_s=median(times_s) if times_s else None,
        trials=len(run.trials),
        counted=sum(trial.counts for trial in run.trials),
        not_counted=dict(reasons.most_common()),
        rankings=tuple(rankings.values()),
        claims=tuple(answer_of(claim, rankings, plan) for claim in claims_of(plan)),
        cautions=tuple(cautions_of(run)),
    )


def _block_times_s(run: FinishedRun) -> list[float]:
    """How long each block took, so that the pauses of an interrupted run do not count."""
    blocks = sorted({trial.block for trial in run.trials})
    spans = [[trial.times for trial in run.trials if trial.block == block] for block in blocks]
    return [
        max(times.stopped_s or times.started_s for times in span) - min(times.started_s for times in span)
        for span in spans
    ]


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
    )
