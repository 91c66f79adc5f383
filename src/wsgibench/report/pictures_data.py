"""All pictures of a run, as plain data."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from wsgibench.analysis.audit import audit
from wsgibench.model.plan import Phase
from wsgibench.model.run import FinishedRun
from wsgibench.model.stack import Stack
from wsgibench.model.trial import Trial
from wsgibench.report.axes import time_axis, workers_axis
from wsgibench.report.circumstance_words import circumstances, few, under_load, what_does_not_count
from wsgibench.report.lines import Kind, Line, Panel, Picture, lines_of, machine_panels, panels_of
from wsgibench.report.measures import MEAN, MEASURES, Measure
from wsgibench.report.reading import PhaseCurves, read_phases
from wsgibench.report.theme import way_of
from wsgibench.report.windows import Curve
from wsgibench.runs.folder import RunFolder
from wsgibench.units import format_duration


def pictures_of(
    folder: RunFolder,
    phases: Sequence[PhaseCurves] | None = None,
    *,
    run: FinishedRun | None = None,
    cumulative: bool = False,
) -> Iterator[Picture]:
    """The article's pictures for each phase, one after another; the same ones whatever is missing.

    ``phases`` are the run's curves, where the caller has them, read with the same ``cumulative``, and ``run`` is what
    they were read of.

    Raises:
        RunFolderError: the record of the run is damaged.
    """
    if phases is None:
        audited = audit(folder)
        run, read = audited.run, read_phases(folder, audited.run, samples=audited.samples, cumulative=cumulative)
    else:
        run, read = run or audit(folder).run, list(phases)
    for phase, curves in zip(run.run.plan.phases, read, strict=True):
        suffix = f"-{phase.name}" if len(run.run.plan.phases) > 1 else ""
        for measure in MEASURES:
            yield _over_time(run, phase, curves, measure, suffix, cumulative=cumulative and not measure.of_machine)
        counts = sorted({stack.workers for stack in run.run.plan.stacks})
        if len(counts) > 1:
            yield _by_workers(run, phase, counts, suffix)


def _over_time(
    run: FinishedRun, phase: Phase, curves: PhaseCurves, measure: Measure, suffix: str, *, cumulative: bool
) -> Picture:
    shared = measure.of_machine and curves.in_turns
    trials = [replace(each, curves=each.cumulative) for each in curves.trials] if cumulative else curves.trials
    suffixed = run.run.plan.curve is not None
    panels = machine_panels(trials, measure.name) if shared else panels_of(trials, measure.name, suffixed=suffixed)
    over = "all since the start" if cumulative else f"in windows of {format_duration(curves.width_s)}"
    return Picture(
        name=f"{measure.name}{suffix}{'-cumulative' if cumulative else ''}",
        title=under_load(measure.title, phase.name, run.run.plan.phases) + ("" if measure.of_machine else f", {over}"),
        subtitle=circumstances(run, phase),
        notes=tuple(_notes(run, phase, curves, panels, measure, cumulative=cumulative)),
        empty=_why_empty(run, measure),
        unit=measure.total if cumulative and measure.total else measure.unit,
        x=time_axis(curves.span_s),
        panels=panels,
        may_be_logarithmic=measure.spans_magnitudes,
    )


def _by_workers(run: FinishedRun, phase: Phase, counts: list[int], suffix: str) -> Picture:
    """Mean response time of whole trials against workers: one line a stack, whatever its number of workers."""
    trials = [trial for trial in run.trials if phase.name in trial.phases]
    ways = {_way(trial.stack): trial.stack for trial in trials}
    lines: list[Line] = []
    for way in sorted(ways):
        mine = [trial for trial in trials if _way(trial.stack) == way]
        good = _means_by_block([trial for trial in mine if trial.counts], phase.name, counts)
        bad = _means_by_block([trial for trial in mine if not trial.counts], phase.name, counts)
        look = way_of(ways[way], suffixed=False)
        lines += lines_of(good, bad, label=way, server=ways[way].server, proxy=look)
    panels = (Panel("", tuple(lines)),) if lines else ()
    return Picture(
        name=f"{MEAN.name}-by-workers{suffix}",
        title=f"{under_load(MEAN.title, phase.name, run.run.plan.phases)} of whole trials, by number of workers",
        subtitle=circumstances(run, phase),
        notes=(*_line_notes(panels), *few(what_does_not_count(run, phase.name))),
        empty=_why_empty(run, MEAN),
        unit=MEAN.unit,
        x=workers_axis(counts),
        panels=panels,
        may_be_logarithmic=True,
    )


def _means_by_block(trials: list[Trial], phase: str, counts: list[int]) -> list[Curve]:
    """Mean response time in ms against workers, a curve for each block."""
    curves = []
    for block in sorted({trial.block for trial in trials}):
        values = np.full(len(counts), np.nan)
        for trial in trials:
            mean_s = trial.phases[phase].mean_s
            if trial.block == block and mean_s is not None:
                values[counts.index(trial.stack.workers)] = mean_s * 1e3
        curves.append(Curve(np.array(counts, np.float64), values))
    return curves


def _way(stack: Stack) -> str:
    """The label without what says the number of workers."""
    return stack.label.replace(f":w{stack.workers}", "")


def _notes(
    run: FinishedRun,
    phase: Phase,
    curves: PhaseCurves,
    panels: tuple[Panel, ...],
    measure: Measure,
    *,
    cumulative: bool,
) -> Iterator[str]:
    yield from _line_notes(panels)
    if curves.in_turns and measure.name in ("requests", "failures"):
        yield "The stacks of a block took turns: counted per second of load."
    if measure.of_machine and curves.in_turns:
        yield "The stacks of a block took turns, so the machine's figures belong to all of them: one line a block."
    else:
        yield from few(what_does_not_count(run, phase.name))
    yield from few(curves.unseen if measure.of_machine else curves.unread)
    yield from () if cumulative else curves.thin(measure)


def _line_notes(panels: tuple[Panel, ...]) -> Iterator[str]:
    if any(line.kind is Kind.TRIAL for panel in panels for line in panel.lines):
        yield "Strong lines: the median over the trials that count; weak lines: each of these trials."


def _why_empty(run: FinishedRun, measure: Measure) -> str:
    if not run.trials:
        return "No trial of this run has ended yet."
    if not any(trial.phases for trial in run.trials):
        return "No trial of this run has figures: all failed."
    return f"The monitor '{run.run.plan.monitor}' saw nothing." if measure.of_machine else "Nothing was recorded."
