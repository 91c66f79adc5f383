"""Percentiles of all trials' requests together, with their intervals."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from wsgibench.analysis.audit import Audited
from wsgibench.analysis.phase_figures import known
from wsgibench.analysis.verdict.objective_figures import phase_of
from wsgibench.analysis.verdict.tables import whole_blocks
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.recording import Ints
from wsgibench.model.verdict import Merged
from wsgibench.stats.bootstrap import percentile_intervals
from wsgibench.stats.latency import PERCENTILES

_SHARES = {name: share for name, share in PERCENTILES.items() if name in OBJECTIVES}


def merged_percentiles(audited: Audited) -> Mapping[tuple[str, str], Merged]:
    """By stack and objective; without stacks of which no trial counts."""
    run = audited.run
    if not run.run.plan.phases:
        return {}
    phase = phase_of(run.run.plan, OBJECTIVES["p50"]) or ""
    blocks = whole_blocks(run)
    counts: dict[str, list[Ints]] = defaultdict(list)
    for trial in run.trials:
        if trial.counts and trial.block in blocks:
            counts[trial.stack.label].append(audited.latencies[trial.folder, phase].totals)
    merged = {}
    for stack, blocks_of_it in counts.items():
        found = percentile_intervals(np.array(blocks_of_it), list(_SHARES.values()))
        for name, value, low, high in zip(_SHARES, found.value_s, found.low_s, found.high_s, strict=True):
            if known(value) is not None:
                merged[stack, name] = Merged(value=float(value), low=known(low), high=known(high))
    return merged
