"""From what engine, monitor and clocks said to figures, and to what the gates look at."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

import msgspec

from wsgibench.analysis.capacities import capacity_of, is_of_curve, rung_of
from wsgibench.analysis.gates.evidence import Evidence, PhaseEvidence
from wsgibench.analysis.phase_figures import figures_of
from wsgibench.analysis.readable import engine_allows_per_s, engine_cores_used, shared_cores, up_to
from wsgibench.model.engine import LoadDone
from wsgibench.model.learned import Learned
from wsgibench.model.monitor import Sample
from wsgibench.model.plan import Phase, Plan
from wsgibench.model.recording import Recording
from wsgibench.model.trial import Turn

_STACK = ("server", "proxy")


@dataclass
class Span:
    """The measured part of a phase, in one piece or in many turns.

    Attributes:
        pieces: what came of each.
        cpu_s: CPU seconds by role, over all pieces; a role without processes is not in it.
    """

    phase: Phase
    pieces: list[Turn] = field(default_factory=list)
    cpu_s: dict[str, float] = field(default_factory=dict)

    def add(self, start_s: float, done: LoadDone, before: Mapping[str, float], after: Mapping[str, float]) -> None:
        """A piece that began at ``start_s``, since the epoch, with CPU seconds by role before and after it."""
        self.pieces.append(
            Turn(
                phase=self.phase.name,
                start_s=start_s,
                duration_s=done.duration_s,
                outcomes=done.outcomes,
                stack_cpu_s=sum(after.values()) - sum(before.values()),
                engine_cpu_s=done.cpu_s,
                completed=done.completed,
                answered=done.answered,
                pending=done.pending,
                has_settled=done.has_settled,
                slower=done.slower,
            )
        )
        for role, seconds in after.items():
            self.cpu_s[role] = self.cpu_s.get(role, 0.0) + seconds - before[role]

    @property
    def duration_s(self) -> float:
        """Recorded seconds."""
        return sum(piece.duration_s for piece in self.pieces)

    @property
    def completed(self) -> int | None:
        """Good answers that came within those; None where the engine does not count them."""
        return _total([piece.completed for piece in self.pieces])

    @property
    def answered(self) -> int | None:
        """Good answers to all that was sent, warm-up and drain included; None where the engine does not count them."""
        return _total([piece.answered for piece in self.pieces])


@dataclass(frozen=True, kw_only=True)
class MonitorData:
    """What the monitor saw of the measured time, from ``began_s`` to ``ended_s``; trees by role."""

    samples: Sequence[Sample]
    began_s: float
    ended_s: float
    expected: int
    died: bool
    warnings: Sequence[str]

    def of(self, label: str) -> "MonitorData":
        """What it saw of one stack among several, whose trees are called ``label/role``."""
        samples = [
            msgspec.structs.replace(
                sample,
                trees={
                    name.removeprefix(f"{label}/"): tree
                    for name, tree in sample.trees.items()
                    if name.startswith(f"{label}/")
                },
            )
            for sample in self.samples
        ]
        return replace(self, samples=samples)


def _total(counts: Sequence[int | None]) -> int | None:
    return None if None in counts else sum(count for count in counts if count is not None)


def gather(
    plan: Plan,
    spans: Sequence[Span],
    recordings: Mapping[str, Recording],
    watched: MonitorData,
    *,
    engine_cores: int,
    idle_cpu_share: float | None = None,
    learned: Learned | None = None,
    other_cpu_share: float | None = None,
    app_said: str = "",
    planned: Sequence[str] = (),
) -> Evidence:
    """The evidence of a trial; ``recordings`` by phase."""
    phases = [
        PhaseEvidence(
            name=span.phase.name,
            load=span.phase.load,
            figures=figures_of(
                recordings[span.phase.name],
                span.phase.load,
                duration_s=span.duration_s,
                completed=span.completed,
                answered=span.answered,
                cpu_s=span.cpu_s,
                engine_cpu_s=sum(piece.engine_cpu_s for piece in span.pieces),
                limits=plan.curve.limits if plan.curve else (),
            ),
            recording=recordings[span.phase.name],
            engine_cores=engine_cores_used(plan, engine_cores),
            shared_cores=shared_cores(plan),
            thresholds=plan.thresholds,
            pieces=span.pieces,
            bears_per_s=learned.bears_per_s if learned and learned.is_saturated else None,
            in_turns=plan.turn_s is not None,
            app_said=app_said,
            other_cpu_share=other_cpu_share,
            is_rung=span.phase not in plan.phases,
        )
        for span in spans
    ]
    decides_per_s = _decides_per_s(plan, phases, spans, engine_cores=engine_cores)
    return Evidence(
        phases=[
            replace(phase, is_beyond=phase.is_rung and (phase.load.last_per_s or 0.0) > decides_per_s)
            for phase in phases
        ],
        samples=watched.samples,
        expected_samples=watched.expected,
        monitor_died=watched.died,
        monitor_warnings=watched.warnings,
        restarts=_restarts(watched.samples),
        idle_cpu_share=idle_cpu_share,
        thresholds=plan.thresholds,
        other_cpu_share=other_cpu_share,
        planned=tuple(planned),
    )


def _decides_per_s(plan: Plan, phases: Sequence[PhaseEvidence], spans: Sequence[Span], *, engine_cores: int) -> float:
    """The highest rate of a curve that its capacity follows from; infinite where all of them may be needed."""
    rungs = [
        (rate_per_s, phase.figures, span.pieces)
        for phase, span in zip(phases, spans, strict=True)
        if phase.is_rung and is_of_curve(phase.name) and (rate_per_s := phase.load.last_per_s) is not None
    ]
    to_per_s = engine_allows_per_s(plan, [(rate, figures) for rate, figures, _ in rungs], engine_cores=engine_cores)
    readable = up_to(to_per_s, [rung_of(*rung) for rung in rungs])
    capacity = capacity_of(readable, plan.curve) if plan.curve else None
    return math.inf if capacity is None else capacity.crossing.high_per_s


def pss_bytes(samples: Sequence[Sample]) -> float | None:
    """PSS of server and proxy together: the median of the samples that have it; None where none has."""
    sums = []
    for sample in samples:
        parts = [tree.pss_bytes for role, tree in sample.trees.items() if role in _STACK]
        if parts and None not in parts:
            sums.append(sum(part for part in parts if part is not None))
    return float(median(sums)) if sums else None


def machine_of(samples: Sequence[Sample]) -> dict[str, float | None]:
    """What the machine did meanwhile: means over the samples, None where none has the figure."""
    return {
        "load_1min_mean": _mean([sample.load_1min for sample in samples]),
        "steal_share": _mean([sample.steal_share for sample in samples]),
        "memory_free_bytes_mean": _mean([sample.memory_free_bytes for sample in samples]),
    }


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _restarts(samples: Sequence[Sample]) -> int | None:
    """Workers replaced between the first and the last sample that know of trees; None where no sample does."""
    counts = [
        sum(tree.restarts for role, tree in sample.trees.items() if role in _STACK)
        for sample in samples
        if sample.trees
    ]
    return counts[-1] - counts[0] if counts else None
