"""When two trials failed for the same cause."""

import re
from collections.abc import Sequence

from wsgibench.analysis.gates import OF_THE_MACHINE
from wsgibench.units import counted

_FIGURES = re.compile(r"(?<!answers )(?<![\d.,])\d[\d.,]*(?![\d.,]| x )")
"""Statuses are no figures but causes: ``'gunicorn' answers 500 to /``, ``429 x 812``."""

_SHARED = OF_THE_MACHINE | {"monitor"}
"""Gates that look at what all stacks share: what they find is told once for all of them."""


def whose(stack: str, gate: str) -> str:
    """The stack whose fault it is that the gate was not passed; empty where it is the machine's."""
    return "" if gate in _SHARED else stack


def alike(cause: str) -> str:
    """The cause without its figures, which differ from trial to trial: the same text is the same cause."""
    return _FIGURES.sub("#", cause)


def later_ones(stacks: Sequence[str]) -> str:
    """What follows the first of these trials, of which each has its stack: `` and 5 later ones of 3 stacks``."""
    if len(stacks) == 1:
        return ""
    several = len(set(stacks))
    return f" and {counted(len(stacks) - 1, 'later one')}{f' of {several} stacks' if several > 1 else ''}"
