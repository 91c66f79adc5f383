"""Runs held against the first of them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from wsgibench.analysis.audit import Audited, audit
from wsgibench.analysis.comparison.changes import Judge, objective_change
from wsgibench.analysis.comparison.differences import controls_of, differences, found_apart
from wsgibench.analysis.comparison.paired_blocks import BlockPair, overlap, paired_blocks_of
from wsgibench.analysis.comparison.samples import Samples, samples_of
from wsgibench.analysis.verdict.objective_figures import objectives_in, phase_of
from wsgibench.analysis.verdict.statements import check_margin
from wsgibench.analysis.verdict.tables import whole_blocks
from wsgibench.errors import UsageError, WsgibenchError
from wsgibench.model.comparison import ComparedRun, Difference, RunChange, RunComparison
from wsgibench.model.objective import OBJECTIVES, Objective
from wsgibench.model.run import FinishedRun
from wsgibench.runs.folder import RunFolder
from wsgibench.stats.sequential import ERROR


def compare_runs(
    folders: Sequence[RunFolder],
    *,
    objectives: Sequence[str] = (),
    margin: float,
    anyway: bool = False,
    read: Sequence[Audited] | None = None,
) -> RunComparison:
    """Each run held against the first; by the objectives of their plans, if none is named.

    ``read`` are the runs, where the caller has them (``read_ended``).

    Raises:
        UsageError: the margin makes no sense; the runs are less than two, one is given twice or is a copy, two have no
            stack in common, or are unlike in what matters; one has no figure of an objective that is named.
        WsgibenchError: of a run no trial counts.
        RunFolderError: a run is still going, or damaged.
    """
    check_margin(margin)
    runs = [each.run for each in read or read_ended(folders)]
    _check_no_copies(runs)
    chosen = [OBJECTIVES[name] for name in _measured_by_all(runs, objectives)]
    pairs = [_RunPair.of(runs[0], run, chosen, insisted=bool(objectives) or anyway) for run in runs[1:]]
    if not anyway:
        for pair in pairs:
            pair.check_alike()
    judge = Judge.of([samples for pair in pairs for samples in pair.samples], margin=margin, error=ERROR)
    return RunComparison(
        base=_outline(runs[0]),
        others=tuple(_run_change(pair, judge) for pair in pairs),
        margin=margin,
        error=ERROR,
        intervals=judge.intervals,
        anyway=anyway,
    )


@dataclass(frozen=True)
class _RunPair:
    """The base and another run."""

    before: FinishedRun
    after: FinishedRun
    differences: tuple[Difference, ...]
    controls: tuple[str, ...]
    paired_blocks: tuple[BlockPair, ...]
    samples: tuple[Samples, ...]
    left_out: tuple[Objective, ...]

    @classmethod
    def of(
        cls, before: FinishedRun, after: FinishedRun, objectives: Sequence[Objective], *, insisted: bool
    ) -> "_RunPair":
        """``insisted``: the user wants all objectives, or none at all."""
        labels = _in_both(before, after)
        left_out = () if insisted else _at_rates_apart(before, after, objectives)
        objectives = [objective for objective in objectives if objective not in left_out]
        phases = {name for objective in objectives for run in (before, after) for name in _phases(run, objective)}
        changed = differences(before, after, labels, phases)
        controls = controls_of(changed, labels)
        paired_blocks = paired_blocks_of(before, after, whole_blocks(before), whole_blocks(after))
        samples = (
            samples_of(before, after, objective, controls=controls, paired_blocks=paired_blocks)
            for objective in objectives
        )
        pair = cls(before, after, changed, controls, paired_blocks, tuple(samples), left_out)
        pair.check_comparable()
        return pair

    def check_comparable(self) -> None:
        """Raises WsgibenchError if no stack can be compared by anything."""
        if not any(samples.stacks for samples in self.samples):
            raise WsgibenchError(
                f"No stack has enough trials that count in both '{self.before.folder}' and '{self.after.folder}'.",
                "wsgibench report RUN says why they do not count.",
            )

    def check_alike(self) -> None:
        """Raises UsageError if figures of the two mean different things."""
        unlike = [f"{difference.group}: {difference.words}" for difference in self.differences if difference.unlike]
        if unlike:
            raise UsageError(
                f"'{self.after.folder}' is unlike '{self.before.folder}' in what matters ({'; '.join(unlike)}).",
                "Figures of the two mean different things. Compare them all the same with --anyway.",
            )


def _check_several(folders: Sequence[RunFolder]) -> None:
    if len(folders) < 2:
        raise UsageError("A comparison takes two runs or more.", "Give their folders, the base first.")
    seen = set()
    for folder in folders:
        path = folder.path.resolve()
        if path in seen:
            raise UsageError(f"The run '{folder.path}' is given twice.", "Give each run once.")
        seen.add(path)


def _measured_by_all(runs: Sequence[FinishedRun], named: Sequence[str]) -> list[str]:
    """The objectives that are named, else those of the plans that every run has figures of.

    Raises:
        UsageError: a run has no figure of one that is named, or of none that the plans have.
    """
    found = [objectives_in(run.run.plan) for run in runs]
    by_all = [name for name in found[0] if all(name in each for each in found)]
    asked = [*dict.fromkeys(named or (name for run in runs for name in run.run.plan.objectives))]
    missing = [name for name in asked if name not in by_all]
    if missing and (named or len(missing) == len(asked)):
        without = next(run for run, each in zip(runs, found, strict=True) if missing[0] not in each)
        raise UsageError(
            f"'{without.folder}' has no figure of the objective '{missing[0]}'.",
            f"All of these runs have those of --objective {' or '.join(by_all)}.",
        )
    return [name for name in asked if name in by_all]


def _check_no_copies(runs: Sequence[FinishedRun]) -> None:
    """A copy would seem to have been measured by turns with what it was copied from, and to differ in nothing."""
    for first, second in itertools.combinations(runs, 2):
        if first.trials == second.trials:
            raise UsageError(f"'{second.folder}' is a copy of '{first.folder}'.", "Give each run once.")


def read_ended(folders: Sequence[RunFolder]) -> list[Audited]:
    """The runs, if they have ended, in good order or not; no folder twice.

    Raises:
        UsageError: they are less than two, or one is given twice.
        WsgibenchError: of a run no trial counts.
        RunFolderError: a run is still going, or damaged.
    """
    _check_several(folders)
    return [_read(folder) for folder in folders]


def _read(folder: RunFolder) -> Audited:
    if folder.read_run().status == "running":
        with folder.lock():
            pass
    audited = audit(folder)
    if not any(trial.counts for trial in audited.run.trials):
        raise WsgibenchError(
            f"No trial of '{folder.path}' counts, so there is nothing to compare.",
            f"wsgibench report {folder.path} says why.",
        )
    return audited


def _in_both(before: FinishedRun, after: FinishedRun) -> tuple[str, ...]:
    old, new = ([stack.label for stack in run.run.plan.stacks] for run in (before, after))
    both = tuple(label for label in old if label in new)
    if not both:
        raise UsageError(
            f"'{before.folder}' and '{after.folder}' have no stack in common: {', '.join(old)} there, "
            f"{', '.join(new)} here.",
            "Stacks are matched by their names, suffixes included.",
        )
    return both


def _phases(run: FinishedRun, objective: Objective) -> list[str]:
    """Phases that the figure depends on."""
    phase = phase_of(run.run.plan, objective)
    return [phase] if phase else [each.name for each in run.run.plan.phases]


def _at_rates_apart(before: FinishedRun, after: FinishedRun, objectives: Sequence[Objective]) -> tuple[Objective, ...]:
    """Those that each run took at a rate of its own finding, if others are left."""
    apart = tuple(
        objective
        for objective in objectives
        if any(found_apart(before, after, phase) for phase in _phases(before, objective))
    )
    return apart if len(apart) < len(objectives) else ()


def _run_change(pair: _RunPair, judge: Judge) -> RunChange:
    old, new = ([stack.label for stack in run.run.plan.stacks] for run in (pair.before, pair.after))
    return RunChange(
        run=_outline(pair.after),
        differences=pair.differences,
        only_before=tuple(label for label in old if label not in new),
        only_after=tuple(label for label in new if label not in old),
        controls=pair.controls,
        paired_blocks=len(pair.paired_blocks),
        overlapping=pair.before.run.machine == pair.after.run.machine and overlap(pair.before, pair.after),
        objectives=tuple(objective_change(pair.after, samples, judge) for samples in pair.samples),
        left_out=tuple(objective.name for objective in pair.left_out),
    )


def _outline(run: FinishedRun) -> ComparedRun:
    return ComparedRun(
        folder=run.folder,
        status=run.run.status,
        created_s=run.run.created_s,
        blocks=len(whole_blocks(run)),
        trials=len(run.trials),
        counted=sum(trial.counts for trial in run.trials),
        left_out=run.left_out,
    )
