"""From a running stack's measurements to its trial."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import msgspec

from wsgibench.analysis.gates import check_all, check_bodies
from wsgibench.analysis.gates.evidence import Evidence
from wsgibench.analysis.gathering import MonitorData, machine_of, pss_bytes
from wsgibench.bench.run_context import RunContext
from wsgibench.bench.running_stack import RunningStack
from wsgibench.errors import DeathError, EngineError, NotDoneError, StartError, WrongBodyError, WsgibenchError
from wsgibench.model.answers import ComparedBodies
from wsgibench.model.plan import Phase
from wsgibench.model.secrets import Secrets
from wsgibench.model.slots import Slot
from wsgibench.model.trial import GateResult, LivenessChecks, Observed, Trial, Turn

_GATE_OF: dict[type[WsgibenchError], str] = {
    StartError: "start",
    EngineError: "engine",
    DeathError: "processes",
    WrongBodyError: "same-bodies",
    NotDoneError: "actions",
}
FAILURES = tuple(_GATE_OF)
"""What makes a trial fail; anything else is no fault of the trial's and ends the run."""
_OF_BODIES = ("same-bodies", "compared-bodies")
"""Gates that may be asked later than all others."""


@dataclass
class TrialOutcome:
    """What is known of a trial in the end; evidence or an error."""

    evidence: Evidence | None = None
    watched: MonitorData | None = None
    error: WsgibenchError | None = None
    overhead_s: float | None = None
    commands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    pieces: list[Turn] = field(default_factory=list)
    liveness: LivenessChecks | None = None
    bodies: ComparedBodies | None = None
    rungs: list[Phase] = field(default_factory=list)


def trial_of(context: RunContext, slot: Slot, running_stack: RunningStack, outcome: TrialOutcome) -> Trial:
    """The record."""
    # What a server said may hold what its app was given; records, tables, pictures and pages are made of this.
    hidden = Secrets.of(context.plan).hidden
    error = outcome.error
    evidence = None if error else outcome.evidence
    if evidence:
        evidence = replace(
            evidence,
            worker_counts=tuple(running_stack.found_workers),
            alone_s=tuple(running_stack.alone_s),
            bodies=outcome.bodies,
            must_compare=context.plan.compares(slot.stack),
        )
    samples = outcome.watched.samples if outcome.watched else ()
    memory = pss_bytes(samples)
    in_turns, pieces = context.plan.turn_s is not None, tuple(outcome.pieces)
    return Trial(
        number=slot.number,
        stack=slot.stack,
        block=slot.block,
        position=slot.position,
        status="failed" if error else "done",
        times=running_stack.times,
        error=hidden(str(error)) if error else None,
        phases={phase.name: phase.figures for phase in evidence.phases} if evidence else {},
        gates=(_gate_of(error, hidden),) if error else check_all(evidence) if evidence else (),
        pss_bytes=memory,
        overhead_s=None if error else outcome.overhead_s,
        cores=context.cores.by_role,
        commands=running_stack.commands | outcome.commands,
        static_by=running_stack.static_by,
        turns=pieces if in_turns else (),
        liveness=outcome.liveness,
        missing={} if memory is not None else {"pss_bytes": "no sample has it"},
        machine=machine_of(samples) | {"warm_share": running_stack.warm_share},
        bodies=outcome.bodies,
        pieces=() if in_turns else pieces,
        rungs=tuple(outcome.rungs) if evidence else (),
        observed=_observed(outcome.watched, evidence) if outcome.watched and evidence else None,
    )


def _observed(watched: MonitorData, evidence: Evidence) -> Observed:
    return Observed(
        began_s=watched.began_s,
        ended_s=watched.ended_s,
        expected_samples=evidence.expected_samples,
        monitor_died=evidence.monitor_died,
        idle_cpu_share=evidence.idle_cpu_share,
        other_cpu_share=evidence.other_cpu_share,
        workers=tuple(evidence.worker_counts),
        planned=evidence.planned,
        alone_s=evidence.alone_s,
    )


def with_bodies(trial: Trial, bodies: ComparedBodies) -> Trial:
    """The trial, with what came of its bodies after it had ended."""
    if trial.status != "done":
        return msgspec.structs.replace(trial, bodies=bodies)
    return msgspec.structs.replace(trial, gates=(*_others(trial), *check_bodies(bodies)), bodies=bodies)


def waits_for_others(trial: Trial) -> bool:
    """Whether its answers are to be compared with those of stacks that were, or will be, measured after it."""
    return trial.status == "done" and trial.bodies is None and len(_others(trial)) < len(trial.gates)


def as_compared(trial: Trial) -> Trial:
    """The trial as it is if what it waits for shows nothing."""
    return msgspec.structs.replace(trial, gates=_others(trial)) if waits_for_others(trial) else trial


def _others(trial: Trial) -> tuple[GateResult, ...]:
    """The gates that do not look at bodies."""
    return tuple(gate for gate in trial.gates if gate.name not in _OF_BODIES)


def _gate_of(error: WsgibenchError, hidden: Callable[[str], str]) -> GateResult:
    """A failure as a gate, so that reports have one place to look."""
    return GateResult(
        name=next(gate for kind, gate in _GATE_OF.items() if isinstance(error, kind)),
        passed=False,
        figure=None,
        threshold=None,
        unit="",
        cause=hidden(error.message),
        advice=hidden(error.hint),
    )
