"""One stack among those that are measured in turns."""

from collections.abc import Mapping

from wsgibench.bench.contender import Contender
from wsgibench.bench.evidence import Span
from wsgibench.bench.trial import Findings, Slot
from wsgibench.bench.workshop import Workshop
from wsgibench.model.engine import LoadDone
from wsgibench.model.trial import Turn
from wsgibench.runs.trial_folder import TrialFolder


class Seat:
    """A contender at the table, and what came of it so far."""

    def __init__(self, workshop: Workshop, slot: Slot, folder: TrialFolder) -> None:
        self.slot = slot
        self.contender = Contender(workshop, slot.stack, slot.number, folder)
        self.label = slot.stack.label
        self.findings = Findings()
        self.spans = {phase.name: Span(phase) for phase in workshop.plan.phases}
        self._busy_s = 0.0
        self._busy_cpu_s = 0.0

    @property
    def trees(self) -> dict[str, tuple[int, ...]]:
        """Its process trees, under names that no other seat has."""
        return {f"{self.label}/{role}": pids for role, pids in self.contender.trees.items()}

    def was_busy(self, took_s: float, before: Mapping[str, float], after: Mapping[str, float]) -> None:
        """It had a turn, with so many CPU seconds by tree before and after."""
        self._busy_s += took_s
        self._busy_cpu_s += sum(after.values()) - sum(before.values())

    def add_turn(
        self, phase: str, start_s: float, done: LoadDone, before: Mapping[str, float], after: Mapping[str, float]
    ) -> None:
        """Its turn counts; CPU seconds are those of the recorded part."""
        self.spans[phase].add(done, _by_role(before), _by_role(after))
        self.findings.turns.append(
            Turn(
                phase=phase,
                start_s=start_s,
                duration_s=done.duration_s,
                outcomes=done.outcomes,
                stack_cpu_s=sum(after.values()) - sum(before.values()),
                engine_cpu_s=done.cpu_s,
            )
        )

    def idle_share(self, before: Mapping[str, float], after: Mapping[str, float], took_s: float) -> float:
        """CPU that it used outside its turns, as a share of one core, in ``took_s`` seconds around all of them."""
        used_s = sum(after[name] - before[name] for name in self.trees) - self._busy_cpu_s
        return max(used_s, 0.0) / max(took_s - self._busy_s, 1e-9)


def _by_role(trees: Mapping[str, float]) -> dict[str, float]:
    return {name.rpartition("/")[2]: seconds for name, seconds in trees.items()}
