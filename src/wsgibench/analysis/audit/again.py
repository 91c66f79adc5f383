"""The evidence of a trial, made again from its folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from wsgibench.analysis.gates.evidence import Evidence
from wsgibench.analysis.gathering import MonitorData, Span, gather
from wsgibench.model.monitor import Sample
from wsgibench.model.plan import Phase
from wsgibench.model.recording import Recording
from wsgibench.model.run import Run
from wsgibench.model.trial import Observed, PhaseFigures, Trial, Turn


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the monitor wrote: all samples, and what had to be tolerated."""

    samples: Sequence[Sample] = ()
    warnings: Sequence[str] = ()


def evidence_again(run: Run, trial: Trial, recordings: Mapping[str, Recording], seen: Seen) -> Evidence:
    """The evidence, as it was when the trial ended; ``recordings`` by phase.

    Of trials of before it was all kept, with what is missing taken from the record itself (``Trial.pieces_of``).
    """
    observed = trial.observed or _NOTHING
    watched = MonitorData(
        samples=[sample for sample in seen.samples if observed.began_s <= sample.time_s <= observed.ended_s],
        began_s=observed.began_s,
        ended_s=observed.ended_s,
        expected=observed.expected_samples,
        died=observed.monitor_died,
        warnings=seen.warnings,
    ).of(trial.stack.label)
    evidence = gather(
        run.plan,
        [_span(trial, phase) for phase in (*run.plan.phases, *trial.rungs) if phase.name in recordings],
        recordings,
        watched,
        engine_cores=len(trial.cores.get("engine", ())) or 1,
        idle_cpu_share=observed.idle_cpu_share,
        learned=run.learned_by_stack.get(trial.stack.label),
        other_cpu_share=observed.other_cpu_share,
        planned=observed.planned,
    )
    return replace(
        evidence,
        worker_counts=observed.workers,
        alone_s=observed.alone_s,
        bodies=trial.bodies,
        must_compare=run.plan.compares(trial.stack),
    )


_NOTHING = Observed(began_s=0.0, ended_s=0.0, expected_samples=0, monitor_died=False)


def _span(trial: Trial, phase: Phase) -> Span:
    figures = trial.phases[phase.name]
    pieces = trial.pieces_of(phase.name) or [_whole(phase.name, figures)]
    cpu_s = {"server": figures.server_cpu_s, "proxy": figures.proxy_cpu_s}
    return Span(phase, pieces, {role: seconds for role, seconds in cpu_s.items() if seconds is not None})


def _whole(phase: str, figures: PhaseFigures) -> Turn:
    """The one piece that a record of before does not have, as far as its figures tell."""
    return Turn(
        phase=phase,
        start_s=figures.start_s,
        duration_s=figures.duration_s,
        outcomes=figures.outcomes,
        stack_cpu_s=None,
        engine_cpu_s=figures.engine_cpu_s or 0.0,
        completed=None if figures.requests_per_s is None else round(figures.requests_per_s * figures.duration_s),
        answered=figures.cpu_requests,
    )
