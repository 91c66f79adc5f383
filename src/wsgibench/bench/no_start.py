"""Runs that end because nothing starts."""

from collections.abc import Sequence

from wsgibench.errors import StartError
from wsgibench.model.plan import Plan
from wsgibench.model.trial import Trial

_STARTS_LEAST = 2


def require_variants(plan: Plan, trials: Sequence[Trial]) -> None:
    """Refuse to go on without a variant that no stack could serve in the first block: nothing would be compared.

    Raises:
        StartError: why the first of its stacks failed.
    """
    for variant in plan.variants if len(plan.variants) > 1 else ():
        mine = [trial for trial in trials if trial.stack.variant == variant.name]
        if mine and all(trial.status == "failed" for trial in mine):
            why = next(gate for gate in mine[0].gates if not gate.passed)
            raise StartError(why.cause, why.advice)


def require_a_start(trials: Sequence[Trial]) -> bool:
    """Whether a stack has started; refuse to go on where none has in two trials: one alone may have had an accident.

    Raises:
        StartError: why the first of them did not.
    """
    failed = [gate for trial in trials for gate in trial.gates if gate.name == "start" and not gate.passed]
    if len(failed) == len(trials) >= _STARTS_LEAST:
        raise StartError(failed[0].cause, f"{failed[0].advice}\nNo stack started, so the run ends here.".lstrip())
    return len(failed) < len(trials)
