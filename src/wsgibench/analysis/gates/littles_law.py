"""Figures that contradict each other are wrong.

Little, "A Proof for the Queuing Formula: L = λW", Operations Research 9 (1961): users present = rate times the time
that each spends, here waiting for the answer and then between requests.
"""

from math import sqrt

from wsgibench.analysis.gates.evidence import PhaseEvidence
from wsgibench.model.trial import GateResult

_SIGMAS = 3.0
_EDGE = 0.6
"""Standard deviation of what a request that lies across an end of the record adds or takes, as a share of its time."""
_SOONER = 1 / 2
"""Of its time, by which a request that drains is answered sooner, where all are served at once: a sixth where all take
the same work, half where that is exponential (docs/explanation/native-engine.md)."""
_IN_STEP = 0.5
"""Requests of each user that a record of users in step may have too few or too many."""


def littles_law(phase: PhaseEvidence) -> GateResult | None:
    """In a closed model, rate times time spent gives the number of users or connections.

    The threshold is widened by three standard errors: of a mean over few requests where users wait at random; of what
    lies across the ends of the record where connections do not wait, since on each of them the times of its requests
    add up to the time that has passed. Users who began together ask in step for a while, which takes up to half a
    request from each, or adds as much (D. R. Cox, Renewal Theory, Methuen (1962), chapter 4). And what is under way
    as a piece ends is answered sooner than the rest by a server that shares its time among all that it has, as one with
    a thread for each does: nothing new comes that would take its share.
    """
    load, figures = phase.load, phase.figures
    population, wait_s = load.population, load.wait_mean_s
    if population is None or figures.mean_s is None or figures.requests_per_s is None:
        return None
    rate_per_s = figures.requests_per_s + figures.failures / figures.duration_s
    seen = rate_per_s * (figures.mean_s + wait_s)
    off = abs(seen / population - 1)
    allowed = phase.thresholds.little_law_share + _SIGMAS * _standard_error(phase, population, figures.mean_s)
    if load.has_waits:
        allowed += _IN_STEP * (figures.mean_s + wait_s) / figures.duration_s
    elif seen < population:
        allowed += _SOONER * population * max(len(phase.pieces), 1) / max(figures.requests, 1)
    return GateResult(
        name="littles-law",
        passed=off <= allowed,
        figure=off,
        threshold=allowed,
        unit="share",
        cause=f"Rate times time spent makes {seen:.1f} of {population} users or connections.",
        advice="Requests or time went uncounted: the engine was late, or many requests failed.",
        phase=phase.name,
    )


def _standard_error(phase: PhaseEvidence, population: int, mean_s: float) -> float:
    if phase.load.has_waits:
        return 1 / sqrt(max(phase.figures.requests, 1))
    pieces = max(len(phase.pieces), 1)
    piece_s = max(phase.figures.duration_s / pieces, 1e-9)
    return _EDGE * mean_s / (piece_s * sqrt(population * pieces))
