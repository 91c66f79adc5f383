"""Percentiles of all trials' requests together, with their intervals."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from wsgibench.bench.figures import known
from wsgibench.bench.verdict.figures import phase_of
from wsgibench.bench.verdict.tables import whole_blocks
from wsgibench.errors import RunFolderError
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.recording import BUCKETS, Ints
from wsgibench.model.run import FinishedRun
from wsgibench.model.verdict import Merged
from wsgibench.runs.folder import RunFolder
from wsgibench.stats.bootstrap import percentile_intervals

SHARES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
"""By the name of the objective; all are of one phase, so that each recording is read once for all of them."""


def merged_percentiles(folder: RunFolder, run: FinishedRun) -> Mapping[tuple[str, str], Merged]:
    """By stack and objective; without stacks of which no trial counts, or a recording is damaged.

    A ranking needs the trials' figures alone; whoever reads the recording itself says what is wrong with it.
    """
    phase = phase_of(run.run.plan, OBJECTIVES["p50"]) or ""
    blocks = whole_blocks(run)
    counts: dict[str, list[Ints]] = defaultdict(list)
    damaged: set[str] = set()
    for trial in run.trials:
        if not trial.counts or phase not in trial.phases or trial.block not in blocks:
            continue
        try:
            counts[trial.stack.label].append(folder.trial(trial).recording(phase).latency.totals(BUCKETS))
        except RunFolderError:
            damaged.add(trial.stack.label)
    merged = {}
    for stack in counts.keys() - damaged:
        found = percentile_intervals(np.array(counts[stack]), list(SHARES.values()))
        for name, value, low, high in zip(SHARES, found.value_s, found.low_s, found.high_s, strict=True):
            if known(value) is not None:
                merged[stack, name] = Merged(value=float(value), low=known(low), high=known(high))
    return merged
