"""What only one can have: a port that the app opens by itself, a lock file, the one writer of a database."""

from collections.abc import Sequence
from dataclasses import dataclass

from wsgibench.bench.run_context import RunContext
from wsgibench.bench.started_again import started
from wsgibench.model.stack import Stack
from wsgibench.model.trial import GateResult, Trial

_TRIED_MOST = 3
"""A stack that does not start at all takes up to the user's --start-timeout to show it once more."""


@dataclass(frozen=True)
class StartsNow:
    """A trial that failed to start beside others, and whose stack starts now.

    ``why_alone`` is a sentence where it starts alone only; empty where it starts beside them, too: it was an accident.
    """

    trial: Trial
    why_alone: str


def starts_now(context: RunContext, trials: Sequence[Trial]) -> StartsNow | None:
    """Of a block in turns, the first stack that failed to start beside the others and does now, if there is one.

    Each that failed is started once more, when all others are gone, and then beside them. None where none starts then
    either, and where there was nobody beside it.
    """
    failed = [(trial, gate) for trial in trials if (gate := _start_of(trial))]
    beside = [trial.stack.label for trial in trials if not _start_of(trial)]
    if not beside:
        return None
    for trial, gate in failed[:_TRIED_MOST]:
        left_s = context.deadline.left_s
        if left_s is not None and left_s <= 0:
            return None
        if not _all_live(context, [trial.stack]):
            continue
        if _all_live(context, [each.stack for each in trials if each is trial or not _start_of(each)]):
            return StartsNow(trial, "")
        return StartsNow(
            trial,
            f"{trial.stack.label} starts alone, but not beside {beside[0]}: the app has something that only one can "
            f"have, such as a port of its own or a lock. Beside it: {gate.cause}",
        )
    return None


def _all_live(context: RunContext, stacks: Sequence[Stack]) -> bool:
    """Whether all do once the last of them has started: one may take over what another has."""
    with started(context, stacks) as up:
        if len(up) < len(stacks):
            return False
        with context.host.liveness(set().union(*(each.pids for each in up))) as alive:
            return not alive.ended()


def _start_of(trial: Trial) -> GateResult | None:
    """The gate that says that it did not start."""
    return next((gate for gate in trial.gates if gate.name == "start" and not gate.passed), None)
