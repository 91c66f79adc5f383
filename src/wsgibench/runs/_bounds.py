"""What a record may hold. Types and keys are checked where it is decoded; here is what would cost without end.

Whoever reads a run reserves room by its numbers: a slot for each block and stack, a window for each second.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from wsgibench.model.trial import PhaseFigures, Trial, Turn

RECORD_MOST_BYTES = 64 << 20
RECORDING_MOST_BYTES = 128 << 20
MONITOR_MOST_BYTES = 64 << 20
"""Hours of samples of a machine with many cores."""

TRIALS_MOST = 5_000
TRIAL_MOST_S = 30 * 86_400.0
RUN_MOST_S = 100 * 86_400.0
"""All trials together, from the first load of each to its last: in turns each takes the time of all."""

STACKS_MOST = 500
_RUNGS_MOST = 200
BLOCKS_MOST = 10_000
NAME_MOST = 200
_VALUES_MOST = 4_000_000
"""Of one JSON text: each takes some hundred bytes once it is decoded, and may have been two."""
_MOST = ((re.compile(r"_per_s$"), 1e12), (re.compile(r"_s$"), 1e11), (re.compile(""), 1e18))
"""Numbers by the unit in their names; moments are seconds since 1970, and end in the year 5138."""


class BeyondBoundsError(ValueError):
    """A clause about what is too much, or makes no sense."""


def check_json(data: bytes) -> None:
    """Refuse a text of more values than anything here has.

    Raises:
        BeyondBoundsError: it has.
    """
    if sum(map(data.count, (b",", b"[", b"{"))) > _VALUES_MOST:
        raise BeyondBoundsError("it holds more values than any run writes")


def check_trial(trial: Trial) -> None:
    """Refuse a trial that cannot have been.

    Raises:
        BeyondBoundsError: with what is wrong.
    """
    for name, number in (("number", trial.number), ("block", trial.block), ("position", trial.position)):
        check_range(name, number, 1, BLOCKS_MOST * STACKS_MOST)
    for phase in trial.phases.values():
        check_range("duration_s", phase.duration_s, 0, TRIAL_MOST_S)
    check_names("rungs", [rung.name for rung in trial.rungs], most=_RUNGS_MOST, least=0)
    for turn in (*trial.turns, *trial.pieces):
        check_range("duration_s", turn.duration_s, 0, TRIAL_MOST_S)
    if spent_s(trial) > TRIAL_MOST_S:
        raise BeyondBoundsError(f"its load lasts {spent_s(trial) / 86_400:,.0f} days")


def spent_s(trial: Trial) -> float:
    """From when its load began, by any of its figures, to when it ended."""
    pieces: list[PhaseFigures | Turn] = [*trial.phases.values(), *trial.turns, *trial.pieces]
    begins_s = [each.start_s for each in pieces]
    ends_s = [each.start_s + each.duration_s for each in pieces]
    return max(ends_s, default=0.0) - min(begins_s, default=0.0)


def check_numbers(value: object, name: str = "") -> None:
    """Refuse a record in which a number is not finite, or absurd for its unit; ``name`` is its own.

    Raises:
        BeyondBoundsError: naming the number.
    """
    if isinstance(value, float | int):
        if not abs(value) <= (most := _most(name)):  # also what is no number
            raise BeyondBoundsError(f"'{name}' is no number up to {most:g}")
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            check_numbers(getattr(value, field), field)
    elif isinstance(value, dict):
        for key, each in value.items():
            check_numbers(each, str(key)[:NAME_MOST])
    elif isinstance(value, tuple | list):
        for each in value:
            check_numbers(each, name)


@lru_cache(maxsize=1024)
def _most(name: str) -> float:
    return next(most for unit, most in _MOST if unit.search(name))


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Refuse a number that is not from ``low`` to ``high``; ``name`` is its own.

    Raises:
        BeyondBoundsError: naming the number.
    """
    if not low <= value <= high:
        raise BeyondBoundsError(f"'{name}' is {value:.6g}, and cannot be beyond {low:g} to {high:g}")


def check_names(what: str, names: Iterable[str], *, most: int, least: int = 1) -> None:
    """Refuse too few or too many names, and such as are alike or long.

    Raises:
        BeyondBoundsError: saying of what they are.
    """
    names = list(names)
    if not least <= len(names) <= most:
        raise BeyondBoundsError(f"it has {len(names):,} {what}, and {most:,} is the most")
    if len(set(names)) < len(names) or max(map(len, names), default=0) > NAME_MOST:
        raise BeyondBoundsError(f"its {what} are not told apart by short names")
