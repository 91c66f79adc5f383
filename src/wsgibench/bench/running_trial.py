"""One stack among those of a block, and what came of it so far."""

from collections.abc import Mapping

from wsgibench.analysis.gathering import Span
from wsgibench.bench.run_context import RunContext
from wsgibench.bench.running_stack import RunningStack
from wsgibench.bench.trial import TrialOutcome
from wsgibench.model.engine import LoadDone
from wsgibench.model.plan import Phase
from wsgibench.model.slots import Slot
from wsgibench.runs.trial_folder import TrialFolder
from wsgibench.servers import SERVERS

_IDLE_LEAST_S = 2.0


class RunningTrial:
    """A stack that is up, with the measured pieces of its loads.

    Attributes:
        lost: phases of which a piece did not settle, or failed for the most part: more of them would tell nothing.
    """

    def __init__(self, context: RunContext, slot: Slot, folder: TrialFolder) -> None:
        self.slot = slot
        self.running_stack: RunningStack = context.parts.stack(context, slot.stack, slot.number, folder)
        self.label = slot.stack.label
        self.outcome = TrialOutcome()
        self.spans: dict[str, Span] = {}
        self.lost: set[str] = set()
        self._busy_s = 0.0
        self._busy_cpu_s = 0.0

    @property
    def trees(self) -> dict[str, tuple[int, ...]]:
        """Its process trees, under names that no other trial has."""
        return {f"{self.label}/{role}": pids for role, pids in self.running_stack.trees.items()}

    @property
    def trees_with_workers(self) -> list[str]:
        """Names of those whose root starts workers. Where a server has none, its children are the app's."""
        roles = ["proxy", *(["server"] if SERVERS.get(self.slot.stack.server).has_workers else [])]
        return [f"{self.label}/{role}" for role in roles if role in self.running_stack.trees]

    def was_busy(self, took_s: float, before: Mapping[str, float], after: Mapping[str, float]) -> None:
        """It was under load, with so many CPU seconds by tree before and after."""
        self._busy_s += took_s
        self._busy_cpu_s += sum(after.values()) - sum(before.values())

    def add(
        self, phase: Phase, start_s: float, done: LoadDone, before: Mapping[str, float], after: Mapping[str, float]
    ) -> None:
        """A piece counts; CPU seconds are those of the same requests."""
        span = self.spans.setdefault(phase.name, Span(phase))
        span.add(start_s, done, _by_role(before), _by_role(after))
        self.outcome.pieces.append(span.pieces[-1])
        if not done.kept_up or done.fails:
            self.lost.add(phase.name)

    def idle_share(self, before: Mapping[str, float], after: Mapping[str, float], took_s: float) -> float | None:
        """CPU that it used outside its turns, as a share of one core, in ``took_s`` seconds around all of them.

        None where a curve alone left it next to no time outside of them.
        """
        if self.outcome.rungs and took_s - self._busy_s < _IDLE_LEAST_S:
            return None
        used_s = sum(after[name] - before[name] for name in self.trees) - self._busy_cpu_s
        return max(used_s, 0.0) / max(took_s - self._busy_s, 1e-9)


def _by_role(trees: Mapping[str, float]) -> dict[str, float]:
    return {name.rpartition("/")[2]: seconds for name, seconds in trees.items()}
