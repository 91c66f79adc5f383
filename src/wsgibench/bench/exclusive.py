"""What only one can have: a port that the app opens by itself, a lock file, the one writer of a database."""

from collections.abc import Sequence

from wsgibench.bench.run_context import RunContext
from wsgibench.bench.started_again import started
from wsgibench.model.stack import Stack
from wsgibench.model.trial import GateResult, Trial

_TRIED_MOST = 3
"""A stack that does not start at all takes up to the user's --start-timeout to show it once more."""


def why_one_at_a_time(context: RunContext, trials: Sequence[Trial]) -> tuple[Trial, str] | None:
    """A trial of a block in turns that failed to start beside the others and starts alone, and a sentence about it.

    Each that failed is started once more, when all others are gone. None where none starts then either, where there was
    nobody beside it, and where it starts beside them now: what happened once was an accident.
    """
    failed = [(trial, gate) for trial in trials if (gate := _start_of(trial))]
    beside = [trial.stack for trial in trials if not _start_of(trial)]
    if not beside:
        return None
    for trial, gate in failed[:_TRIED_MOST]:
        left_s = context.deadline.left_s
        if left_s is not None and left_s <= 0:
            return None
        with started(context, [trial.stack]) as up:
            starts_alone = bool(up)
        if starts_alone and not _all_start(context, [*beside, trial.stack]):
            return trial, (
                f"{trial.stack.label} starts alone, but not beside {beside[0].label}: the app has something that only "
                f"one can have, such as a port of its own or a lock. Beside it: {gate.cause}"
            )
    return None


def _all_start(context: RunContext, stacks: Sequence[Stack]) -> bool:
    """Whether they do, one after another and side by side."""
    with started(context, stacks) as up:
        return len(up) == len(stacks)


def _start_of(trial: Trial) -> GateResult | None:
    """The gate that says that it did not start."""
    return next((gate for gate in trial.gates if gate.name == "start" and not gate.passed), None)
