"""A trial whose second half is another than its first has no one figure."""

from collections.abc import Sequence

import numpy as np

from wsgibench.bench.gates.evidence import PhaseEvidence
from wsgibench.model.engine import LoadDone
from wsgibench.model.load import Connections
from wsgibench.model.recording import BUCKETS, Recording
from wsgibench.model.trial import GateResult
from wsgibench.stats.latency import percentiles_s

_SECONDS_MIN = 4
_REQUESTS_MIN = 400
_TURNS_MIN = 4


def drift(phase: PhaseEvidence) -> GateResult | None:
    """The halves agree: in rate where that is free to vary, else in the median latency.

    Not asked of records too short for halves that mean something. In turns, what falls on all stacks alike is the
    machine's doing and cancels: a trial must have drifted both by itself and against the others.
    """
    ratio = drift_ratio(phase)
    if ratio is None:
        return None
    what = "rate" if isinstance(phase.load, Connections) else "median latency"
    own, common = abs(ratio - 1), phase.common_drift
    off = own if common is None or common <= 0 else min(own, abs(ratio / common - 1))
    return GateResult(
        name="drift",
        passed=off <= phase.thresholds.drift_share,
        figure=off if np.isfinite(off) else None,
        threshold=phase.thresholds.drift_share,
        unit="share",
        cause=f"The {what} of the second half is {ratio - 1:+.1%} of the first's."
        if np.isfinite(ratio)
        else f"The {what} could not be read in both halves.",
        advice="The app changes as it runs: by what it keeps in memory, by data that grow, by a leak. Else give it a "
        "longer --warmup, and look for what the machine did meanwhile.",
        phase=phase.name,
    )


def drift_ratio(phase: PhaseEvidence) -> float | None:
    """Second half over first; infinite where the first has nothing, None where halves would mean nothing."""
    if phase.figures.requests < _REQUESTS_MIN:
        return None
    saturated = isinstance(phase.load, Connections)
    if phase.in_turns and saturated:
        return _of_turns(phase.pieces) if len(phase.pieces) >= _TURNS_MIN else None
    seconds = len(phase.recording.latency_sum_s)
    if seconds < _SECONDS_MIN:
        return None
    first, second = _halves(phase.recording, seconds, saturated=saturated)
    return second / first if first > 0 else float("inf")


def _of_turns(pieces: Sequence[LoadDone]) -> float | None:
    """The median rate of the turns of each half: one turn that met with a hiccup says nothing of the app."""
    rates = [(piece.completed or 0) / piece.duration_s for piece in pieces if piece.duration_s > 0]
    half = len(rates) // 2
    first, second = np.median(rates[:half]), np.median(rates[-half:])
    return float(second / first) if first > 0 else float("inf")


def _halves(recording: Recording, seconds: int, *, saturated: bool) -> tuple[float, float]:
    # The last second is cut short, and a middle one belongs to neither half.
    half = (seconds - 1) // 2
    table = recording.latency
    early, late = table.second < half, (table.second >= seconds - 1 - half) & (table.second < seconds - 1)
    if saturated:
        return float(table.count[early].sum()), float(table.count[late].sum())
    halves = [
        float(percentiles_s(np.bincount(table.key[part], weights=table.count[part], minlength=BUCKETS), 0.5))
        for part in (early, late)
    ]
    return halves[0], halves[1]
