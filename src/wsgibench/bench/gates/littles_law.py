"""Figures that contradict each other are wrong.

Little, "A Proof for the Queuing Formula: L = λW", Operations Research 9 (1961): users present = rate times the time
that each spends, here waiting for the answer and then between requests.
"""

from math import ceil, sqrt

from wsgibench.bench.gates.evidence import PhaseEvidence
from wsgibench.model.load import Rate, Users
from wsgibench.model.trial import GateResult
from wsgibench.units import format_duration

_SIGMAS = 3.0
_ANSWERS_IN_A_TURN = 5.0
"""How many answers, one after another, a turn must have time for: at its ends some are under way, a share of s / 2T
(docs/explanation/native-engine.md)."""


def littles_law(phase: PhaseEvidence) -> GateResult | None:
    """In a closed model, rate times time spent gives the number of users or connections.

    Both are means over few requests in a short trial, so the threshold is widened by three standard errors of a count.
    """
    load, figures = phase.load, phase.figures
    if isinstance(load, Rate) or figures.mean_s is None:
        return None
    wait_s = (load.wait_min_s + load.wait_max_s) / 2 if isinstance(load, Users) else 0.0
    rate_per_s = figures.requests_per_s + figures.failures / figures.duration_s
    seen = rate_per_s * (figures.mean_s + wait_s)
    off = abs(seen / load.count - 1)
    allowed = phase.thresholds.little_law_share + _SIGMAS / sqrt(max(figures.requests, 1))
    return GateResult(
        name="littles-law",
        passed=off <= allowed,
        figure=off,
        threshold=allowed,
        unit="share",
        cause=f"Rate times time spent makes {seen:.1f} of {load.count} users or connections.",
        advice=_advice(phase.turn_s, figures.mean_s),
        phase=phase.name,
    )


def _advice(turn_s: float | None, mean_s: float) -> str:
    if turn_s is not None and turn_s < _ANSWERS_IN_A_TURN * mean_s:
        longer = ceil(_ANSWERS_IN_A_TURN * mean_s)
        return f"Turns of {format_duration(turn_s)} are short for such answers: give --turn {longer}s, or --turns off."
    return "Requests or time went uncounted: the engine was late, or many requests failed."
