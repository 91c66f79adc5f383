"""How long loads must last, so that ten requests lie beyond each percentile that was asked for."""

from collections.abc import Collection, Iterable, Sequence
from math import sqrt

from wsgibench.analysis.verdict.objective_figures import fitting_phase
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.plan import Phase
from wsgibench.stats.latency import PERCENTILES, requests_for

_SIGMAS = 4.0
"""Requests come at random: so many of them, and this many standard deviations, are there in nearly every trial."""


def requests_wanted(phase: Phase, phases: Sequence[Phase], objectives: Iterable[str]) -> int:
    """How many requests each trial is to have in the phase; 0 where none of the objectives is a percentile of it."""
    needed = max((requests_for(PERCENTILES[name]) for name in ranked_in(phase, phases, objectives)), default=0)
    return round(needed + _SIGMAS * sqrt(needed))


def ranked_in(phase: Phase, phases: Sequence[Phase], objectives: Iterable[str]) -> list[str]:
    """Those of the objectives that are percentiles of the phase."""
    return [
        name for name in objectives if name in PERCENTILES and fitting_phase(phases, OBJECTIVES[name]) == phase.name
    ]


def in_words(names: Collection[str], requests: int) -> str:
    """The beginning of a sentence on what takes the time."""
    return f"A {' or '.join(names)} takes {requests:,} requests a trial, for ten to lie beyond it in nearly every one"
