"""Gates: checks that a trial must pass for its figures to count.

Each is a file with a function from the evidence to a result, or None where it does not apply. A result holds the
figure, the threshold, what was seen and what to do; it is stored with the trial.

A new gate needs what it looks at as a field of the evidence (``evidence.py``), its threshold in ``model/plan.py``, its
place in a tuple below and its row in docs/reference/gates.md; where it fails for what the machine did and no stack is
to blame, its name in ``OF_THE_MACHINE``.
"""

from collections.abc import Callable

from wsgibench.analysis.gates.compared_bodies import compared_bodies, not_compared
from wsgibench.analysis.gates.drift import drift
from wsgibench.analysis.gates.engine_busy import engine_busy
from wsgibench.analysis.gates.engine_share import engine_share
from wsgibench.analysis.gates.errors import errors
from wsgibench.analysis.gates.evidence import Evidence, PhaseEvidence
from wsgibench.analysis.gates.idle_cpu import idle_cpu
from wsgibench.analysis.gates.keep_alive import keep_alive
from wsgibench.analysis.gates.lateness import lateness
from wsgibench.analysis.gates.littles_law import littles_law
from wsgibench.analysis.gates.monitor import monitor
from wsgibench.analysis.gates.offered_load import offered_load
from wsgibench.analysis.gates.other_processes import other_processes
from wsgibench.analysis.gates.recovery import recovery
from wsgibench.analysis.gates.restarts import restarts
from wsgibench.analysis.gates.same_bodies import same_bodies
from wsgibench.analysis.gates.steal import steal
from wsgibench.analysis.gates.workers import workers
from wsgibench.analysis.gates.wrong_bodies import wrong_bodies
from wsgibench.model.answers import ComparedBodies
from wsgibench.model.trial import GateResult

PHASE_GATES: tuple[Callable[[PhaseEvidence], GateResult | None], ...] = (
    errors,
    wrong_bodies,
    keep_alive,
    offered_load,
    engine_busy,
    engine_share,
    lateness,
    littles_law,
    drift,
)
RUNG_GATES = (wrong_bodies, engine_busy, engine_share)
"""Of the rates of a curve: what a stack does not bear is no fault there, but what the curve is made to show."""
BEYOND_GATES = (wrong_bodies,)
"""Of those further above a limit: to send what no stack answers costs an engine much, and moves no limit."""
TRIAL_GATES: tuple[Callable[[Evidence], GateResult | None], ...] = (
    steal,
    restarts,
    workers,
    monitor,
    idle_cpu,
    other_processes,
    recovery,
)
OF_THE_MACHINE = frozenset({"other-processes", "steal"})
"""Names of the gates that fail for what the machine did meanwhile, whatever the stack does."""
BODY_GATES: tuple[Callable[[ComparedBodies], GateResult | None], ...] = (same_bodies, compared_bodies)


def check_all(evidence: Evidence) -> tuple[GateResult, ...]:
    """The results of all gates that apply."""
    of_phases = [gate(phase) for phase in evidence.phases for gate in _gates_of(phase)]
    of_trial = [gate(evidence) for gate in TRIAL_GATES]
    made = (result for result in (*of_phases, *of_trial) if result is not None)
    results = tuple(result for result in made if result.name not in evidence.planned)
    if evidence.bodies is not None:
        return (*results, *check_bodies(evidence.bodies))
    return (*results, not_compared()) if evidence.must_compare else results


def _gates_of(phase: PhaseEvidence) -> tuple[Callable[[PhaseEvidence], GateResult | None], ...]:
    if phase.is_beyond:
        return BEYOND_GATES
    return RUNG_GATES if phase.is_rung else PHASE_GATES


def check_bodies(found: ComparedBodies) -> tuple[GateResult, ...]:
    """The results of those gates that look at bodies, which may be compared later than all else is known."""
    return tuple(result for gate in BODY_GATES if (result := gate(found)) is not None)
