"""Blocks of two runs that were measured by turns, so that both had the same machine noise."""

from collections.abc import Sequence

from wsgibench.model.run import FinishedRun
from wsgibench.model.trial import TrialTimes

BlockPair = tuple[int, int]
"""The number of a block of the first run, and of one of the second."""


def paired_blocks_of(
    before: FinishedRun, after: FinishedRun, blocks_before: Sequence[int], blocks_after: Sequence[int]
) -> tuple[BlockPair, ...]:
    """The pairs, if the runs' blocks alternate in time: of each two that follow one another, one of each run.

    A last block that is left alone is left out. Empty where they do not alternate, or there are fewer than two pairs.
    """
    starts = sorted(
        (_start_s(run, block), index, block)
        for index, (run, blocks) in enumerate(((before, blocks_before), (after, blocks_after)))
        for block in blocks
    )
    paired_blocks = []
    for (_, first_run, first), (_, second_run, second) in zip(starts[::2], starts[1::2], strict=False):
        if first_run == second_run:
            return ()
        paired_blocks.append((first, second) if first_run == 0 else (second, first))
    return tuple(paired_blocks) if len(paired_blocks) > 1 else ()


def overlap(before: FinishedRun, after: FinishedRun) -> bool:
    """Whether a trial of one ran while one of the other did."""
    spans = sorted(
        (times.started_s, _end_s(times), index)
        for index, run in enumerate((before, after))
        for times in (trial.times for trial in run.trials)
    )
    # A trial of the one run may lie under a long one of the other that began much earlier.
    ends = {0: float("-inf"), 1: float("-inf")}
    for start_s, end_s, index in spans:
        if start_s < ends[1 - index]:
            return True
        ends[index] = max(ends[index], end_s)
    return False


def _start_s(run: FinishedRun, block: int) -> float:
    return min(trial.times.started_s for trial in run.trials if trial.block == block)


def _end_s(times: TrialTimes) -> float:
    return times.stopped_s or times.measured_s or times.started_s
