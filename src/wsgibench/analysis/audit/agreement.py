"""What a trial's record says, held against what follows from its recordings."""

from collections.abc import Iterator, Mapping
from math import isclose
from typing import Any

import msgspec

from wsgibench import __version__
from wsgibench.analysis.gates import check_all
from wsgibench.analysis.gates.evidence import Evidence, PhaseEvidence
from wsgibench.analysis.gathering import pss_bytes
from wsgibench.model.load import Load
from wsgibench.model.plan import Plan
from wsgibench.model.run import Run
from wsgibench.model.schedule import asks_too_much, planned_s_of
from wsgibench.model.stack import Stack
from wsgibench.model.trial import GateResult, PhaseFigures, Trial

_CLOSE = 1e-6
"""Of a figure: what sums in another order may differ by, and far more."""
_ALIKE_S = 1e-3
_SHORTEST_SHARE = 0.99
"""Of the duration that was planned."""
_RECORDED = ("mean_s", "p50_s", "p90_s", "p99_s", "p999_s", "max_s", "lateness_p99_s")
"""Figures that follow from a recording alone."""
_OF_RECORDINGS = ("errors", "wrong-bodies", "keep-alive", "lateness", "drift")
"""Gates that do."""
_ENDED_EARLY = ("errors", "wrong-bodies", "same-bodies", "compared-bodies")
"""Gates of what is not gone on with."""
_TIMED = ("duration_s", "requests_per_s", "engine_cpu_s", "cpu_requests")
"""Those that follow from what is kept of turns and pieces."""


def disagreements(run: Run, stack: Stack, trial: Trial, found: Evidence) -> list[str]:
    """A clause for each thing in the trial's record that is otherwise in the plan or by the evidence made again.

    ``stack`` is the planned one. What trials of before did not keep cannot be judged, and is not held against them.
    """
    return [
        *(["what was observed is not in it"] if run.format > 1 and trial.observed is None else []),
        *_of_plan(run.plan, stack, trial),
        *(clause for phase in found.phases for clause in _of_phase(run, trial, phase)),
        *_of_gates(trial, check_all(found), alike=_asked_alike(run, trial)),
        *(_of_trial(trial, found) if trial.observed else ()),
    ]


def _of_plan(plan: Plan, stack: Stack, trial: Trial) -> Iterator[str]:
    for name in msgspec.structs.asdict(stack):
        yield from _other(f"its stack's {name}", getattr(trial.stack, name), getattr(stack, name), by="the plan")
    if trial.observed and plan.cores:
        for role, cores in plan.cores.by_role.items():
            yield from _other(f"its cores of the {role}", trial.cores.get(role), cores, by="the plan")
    if trial.observed and not (trial.turns if plan.turn_s is not None else trial.pieces):
        yield "what came of each load is not in it"


def _of_trial(trial: Trial, found: Evidence) -> Iterator[str]:
    yield from _other("pss_bytes", trial.pss_bytes, pss_bytes(found.samples))


def _of_phase(run: Run, trial: Trial, phase: PhaseEvidence) -> Iterator[str]:
    said, made = trial.phases[phase.name], phase.figures
    where = f" of {phase.name}"
    for kind in ("outcomes", "events", "statuses", "slower"):
        yield from _other_counts(f"{{}}{where}", getattr(said, kind), getattr(made, kind))
    if abs(said.start_s - made.start_s) > _ALIKE_S:
        yield f"start_s{where} is {said.start_s:.3f}, and {made.start_s:.3f} by the recording"
    for name in _RECORDED:
        yield from _other(name + where, getattr(said, name), getattr(made, name))
    pieces = trial.pieces_of(phase.name)
    if trial.observed:
        for name in _TIMED:
            yield from _other(name + where, getattr(said, name), getattr(made, name), by="its turns or pieces")
        yield from _of_pieces(run, trial, phase)
    elif pieces and None not in (piece.completed for piece in pieces):
        yield from _other(f"requests_per_s{where}", said.requests_per_s, made.requests_per_s, by="its turns")
    yield from _too_many(said, phase.load, max(len(pieces), 1), where)


def _of_pieces(run: Run, trial: Trial, phase: PhaseEvidence) -> Iterator[str]:
    """What is kept of turns and pieces has to fit what was recorded, and what was planned."""
    pieces, where = trial.pieces_of(phase.name), f" of {phase.name}"
    totals: dict[str, int] = {}
    for piece in pieces:
        for name, count in piece.outcomes.items():
            totals[name] = totals.get(name, 0) + count
    yield from _other_counts(f"{{}} of the turns or pieces{where}", totals, phase.figures.outcomes)
    if None not in (piece.stack_cpu_s for piece in pieces):
        said = trial.phases[phase.name]
        spent_s = (said.server_cpu_s or 0.0) + (said.proxy_cpu_s or 0.0)
        made_s = sum(piece.stack_cpu_s or 0.0 for piece in pieces)
        yield from _other(f"CPU of server and proxy{where}", spent_s, made_s, by="its turns or pieces")
    # A load that a stack does not keep up with, or answers wrongly, is ended early, and fails a gate for it.
    wrong = any(not gate.passed and gate.name in _ENDED_EARLY for gate in trial.gates)
    learned = run.learned_by_stack.get(trial.stack.label)
    kept_up = all(piece.kept_up for piece in pieces) and not wrong and not asks_too_much(phase.load, learned)
    planned = next(each for each in (*run.plan.phases, *trial.rungs) if each.name == phase.name)
    planned_s = planned_s_of(run.plan, planned, trial.stack.label, learned)
    if kept_up and phase.figures.duration_s < planned_s * _SHORTEST_SHARE:
        yield f"duration_s{where} is {phase.figures.duration_s:.6g}, and {planned_s:.6g} in the plan"


def _too_many(said: PhaseFigures, load: Load, pieces: int, where: str) -> Iterator[str]:
    """Answers within the time may be to requests of before it, but to no more than can be under way at once."""
    before = load.under_way_most * pieces
    most = said.outcomes.get("ok", 0) + before
    completed = (said.requests_per_s or 0.0) * said.duration_s
    if completed > most * (1 + _CLOSE):
        yield f"requests_per_s{where} makes {completed:,.0f} good answers, and at most {most:,} can have come"


def _asked_alike(run: Run, trial: Trial) -> bool:
    """Whether the trial's gates were those of today: other versions may have had others."""
    return trial.observed is not None and run.versions.get("wsgibench") == __version__


def _of_gates(trial: Trial, made: tuple[GateResult, ...], *, alike: bool) -> Iterator[str]:
    said = {(gate.name, gate.phase): gate for gate in trial.gates}
    if not said:
        yield "it has no gates"
        return
    for gate in made:
        old = said.get((gate.name, gate.phase))
        where = f"the gate '{gate.name}'" + (f" of {gate.phase}" if gate.phase else "")
        if not alike:
            if old is not None and old.passed and not gate.passed and gate.name in _OF_RECORDINGS:
                yield f"{where} is passed, and failed by the recording"
        elif old is None:
            yield f"{where} is not there"
        elif old.passed != gate.passed:
            yield f"{where} is {_passed(old)}, and {_passed(gate)} by the recording"
        else:
            yield from _other(f"{where}'s figure", old.figure, gate.figure)
            yield from _other(f"{where}'s threshold", old.threshold, gate.threshold)


def _passed(gate: GateResult) -> str:
    return "passed" if gate.passed else "failed"


def _other_counts(name: str, said: Mapping[Any, int], made: Mapping[Any, int]) -> Iterator[str]:
    """A count that is missing is none."""
    for key in dict.fromkeys((*said, *made)):
        yield from _other(name.format(key), said.get(key, 0), made.get(key, 0))


def _other(name: str, said: Any, made: Any, *, by: str = "the recording") -> Iterator[str]:  # noqa: ANN401  # figures of any kind
    """A clause, where the two are not the same."""
    if isinstance(said, float | int) and isinstance(made, float | int):
        if isclose(said, made, rel_tol=_CLOSE, abs_tol=1e-9):
            return
    elif said == made:
        return
    yield f"{name} is {_shown(said)}, and {_shown(made)} by {by}"


def _shown(value: Any) -> str:  # noqa: ANN401  # figures of any kind
    if value is None:
        return "missing"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
