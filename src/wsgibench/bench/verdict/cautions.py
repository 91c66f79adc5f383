"""What makes a verdict weaker than it looks."""

from collections.abc import Iterator

import numpy as np

from wsgibench.bench.verdict.rankings import judgement_of
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.run import FinishedRun
from wsgibench.model.verdict import Caution
from wsgibench.stats.blocks import residual_noise

_NOISE_MOST = 0.06
"""Trials of one stack in one weather are some 2 % apart; beyond three times that, the machine is not fit to measure."""

_UNEQUAL_MOST = 4.0
"""Simulated, the error stays below 5 % as long as one stack is at most so much noisier (benchmarks/calibration.py)."""


def cautions_of(run: FinishedRun) -> Iterator[Caution]:
    """Those of the first objective that was asked for."""
    objective = OBJECTIVES[run.run.plan.objectives[0]]
    table, judgement = judgement_of(run, objective)
    if judgement is None or judgement.estimates is None:
        return
    noise = residual_noise(np.log(table.figures))
    if noise > _NOISE_MOST:
        yield Caution(
            name="noise",
            cause=f"Trials of one stack differ by {noise * 100:.0f} % in {objective.noun} from block to block.",
            figure=noise,
            advice="Close what else runs on this machine (wsgibench doctor tells what disturbs), or measure longer.",
        )
    deviations = np.sqrt(judgement.estimates.variances)
    unequal = float(deviations.max() / np.median(deviations)) if deviations.min() > 0 else 1.0
    if unequal > _UNEQUAL_MOST:
        stack = table.stacks[int(deviations.argmax())]
        yield Caution(
            name="unequal-noise",
            cause=f"{stack} varies {unequal:.1f} times as much from trial to trial as the others do.",
            figure=unequal,
            advice=f"Leave {stack} out, and see whether the ranking of the others stays.",
        )
