"""A trial whose second half is another than its first has no one figure."""

import numpy as np

from wsgibench.analysis.gates.evidence import PhaseEvidence
from wsgibench.model.recording import BUCKETS, Recording
from wsgibench.model.trial import GateResult
from wsgibench.stats.latency import percentiles_s

_SECONDS_MIN = 4
_REQUESTS_MIN = 400


def drift(phase: PhaseEvidence) -> GateResult | None:
    """The halves agree: in rate where that is free to vary, else in the median latency.

    Not asked of records too short for halves that mean something; of a ramp, whose second half is asked for something
    else than its first; nor in turns: there drift falls on all stacks alike, and what one trial shows may be the
    machine's; what all trials show is a caution of the verdict.
    """
    if phase.load.is_ramp:
        return None
    seconds = len(phase.recording.latency_sum_s)
    if phase.in_turns or seconds < _SECONDS_MIN or phase.figures.requests < _REQUESTS_MIN:
        return None
    saturated = phase.load.saturates
    first, second = _halves(phase.recording, seconds, saturated=saturated)
    off = abs(second / first - 1) if first > 0 else None
    what = "rate" if saturated else "median latency"
    return GateResult(
        name="drift",
        passed=off is not None and off <= phase.thresholds.drift_share,
        figure=off,
        threshold=phase.thresholds.drift_share,
        unit="share",
        cause=f"The {what} could not be read in both halves."
        if off is None
        else f"The {what} of the second half is {second / first - 1:+.1%} of the first's.",
        advice="The app changes as it runs: by what it keeps in memory, by data that grow, by a leak. Else give it a "
        "longer --warmup, and look for what the machine did meanwhile.",
        phase=phase.name,
    )


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
