"""The verdict of a run, from its folder alone."""

from collections import Counter
from collections.abc import Iterable, Iterator

from wsgibench.analysis.audit import COPY_AGAIN, Audited, audit
from wsgibench.analysis.verdict.answers import answer_of
from wsgibench.analysis.verdict.bodies import bodies_between
from wsgibench.analysis.verdict.cautions import cautions_of
from wsgibench.analysis.verdict.circumstances import circumstances_of
from wsgibench.analysis.verdict.claims import claims_of
from wsgibench.analysis.verdict.costs import costs_of
from wsgibench.analysis.verdict.needed import needed_of, scaling_of
from wsgibench.analysis.verdict.objective_figures import objectives_in
from wsgibench.analysis.verdict.percentiles import merged_percentiles
from wsgibench.analysis.verdict.rankings import judged, ranking_of
from wsgibench.analysis.verdict.sampled import sampled_changes
from wsgibench.analysis.verdict.tables import whole_blocks, why_not_counted
from wsgibench.model.run import FinishedRun
from wsgibench.model.trial import TrialTimes
from wsgibench.model.verdict import Caution, Verdict
from wsgibench.runs.folder import RunFolder


def verdict_of(folder: RunFolder, audited: Audited | None = None) -> Verdict:
    """What the trials say, however far the run has come; ``audited`` is the run, where the caller has it.

    Raises:
        RunFolderError: the record of the run is damaged.
    """
    audited = audited or audit(folder)
    run = audited.run
    plan = run.run.plan
    found = {name: judged(run, name) for name in objectives_in(plan)}
    merged = merged_percentiles(audited)
    rankings = {name: ranking_of(plan, name, found[name], merged) for name in found}
    blocks = whole_blocks(run)
    took_s = _took_s([trial.times for trial in run.trials if trial.block in blocks])
    reasons = Counter(reason for reason in map(why_not_counted, run.trials) if reason)
    return Verdict(
        folder=folder.path.name,
        status=run.run.status,
        circumstances=circumstances_of(run),
        margin=plan.margin,
        blocks=len(blocks),
        blocks_most=plan.blocks,
        looks=plan.looks or (plan.blocks,),
        stop=run.run.stop,
        load_s=plan.phases[0].duration_s if plan.phases else 0.0,
        took_s=_took_s([trial.times for trial in run.trials]),
        block_s=took_s / len(blocks) if blocks else None,
        trials=len(run.trials),
        counted=sum(trial.counts for trial in run.trials),
        not_counted=dict(reasons.most_common()),
        rankings=tuple(rankings.values()),
        claims=tuple(answer_of(claim, plan, found, rankings) for claim in claims_of(plan)),
        cautions=(*_left_out(run), *cautions_of(run, found)),
        bodies=tuple(bodies_between(folder, run)),
        costs=costs_of(audited),
        needed=tuple(needed_of(run.run, found["capacity"], rankings["capacity"])) if "capacity" in found else (),
        sampled=sampled_changes(plan, folder.read_samplings()),
        scaling=tuple(scaling_of(run.run, rankings["capacity"])) if "capacity" in found else (),
    )


def _left_out(run: FinishedRun) -> Iterator[Caution]:
    for sentence in run.left_out:
        yield Caution(
            name="left-out",
            cause=sentence,
            figure=1.0,
            advice=COPY_AGAIN,
        )


def _took_s(times: Iterable[TrialTimes]) -> float:
    """How long any of the trials ran: what lies between them, when a run was interrupted, does not count."""
    took_s, until_s = 0.0, 0.0
    for each in sorted(times, key=lambda each: each.started_s):
        end_s = each.stopped_s or each.started_s
        took_s += max(end_s - max(each.started_s, until_s), 0.0)
        until_s = max(until_s, end_s)
    return took_s
