"""From what engine, monitor and clocks said to figures, and to what the gates look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from wsgibench.bench.figures import figures_of
from wsgibench.bench.gates.evidence import Evidence, PhaseEvidence
from wsgibench.model.engine import LoadDone
from wsgibench.model.load import Rate
from wsgibench.model.monitor import Sample
from wsgibench.model.plan import Phase, Plan
from wsgibench.model.recording import Recording

_STACK = ("server", "proxy")


@dataclass(frozen=True)
class Span:
    """The measured part of a phase: what the engine said, and CPU seconds by role before and after it."""

    phase: Phase
    done: LoadDone
    cpu_before: Mapping[str, float]
    cpu_after: Mapping[str, float]

    def cpu_s(self, role: str) -> float | None:
        """CPU seconds of the role's processes; None where there are none."""
        if role not in self.cpu_before:
            return None
        return self.cpu_after[role] - self.cpu_before[role]


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What the monitor saw of the measured time."""

    samples: Sequence[Sample]
    expected: int
    died: bool
    warnings: Sequence[str]


def gather(
    plan: Plan, spans: Sequence[Span], recordings: Mapping[str, Recording], watched: Watched, *, engine_cores: int
) -> Evidence:
    """The evidence of a trial; ``recordings`` by phase."""
    phases = [
        PhaseEvidence(
            name=span.phase.name,
            load=span.phase.load,
            figures=figures_of(
                recordings[span.phase.name],
                duration_s=span.done.duration_s,
                is_open=isinstance(span.phase.load, Rate),
                server_cpu_s=span.cpu_s("server"),
                proxy_cpu_s=span.cpu_s("proxy"),
                engine_cpu_s=span.done.cpu_s,
            ),
            recording=recordings[span.phase.name],
            engine_cores=engine_cores,
            thresholds=plan.thresholds,
        )
        for span in spans
    ]
    return Evidence(
        phases=phases,
        samples=watched.samples,
        expected_samples=watched.expected,
        monitor_died=watched.died,
        monitor_warnings=watched.warnings,
        restarts=_restarts(watched.samples),
        idle_cpu_share=None,
        thresholds=plan.thresholds,
    )


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
