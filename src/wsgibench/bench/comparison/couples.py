"""Blocks of two runs that were measured by turns, so that both had the same weather."""

from collections.abc import Sequence

from wsgibench.model.run import FinishedRun
from wsgibench.model.trial import TrialTimes

Couple = tuple[int, int]
"""The number of a block of the first run, and of one of the second."""


def couples_of(
    before: FinishedRun, after: FinishedRun, blocks_before: Sequence[int], blocks_after: Sequence[int]
) -> tuple[Couple, ...]:
    """The couples, if the runs' blocks alternate in time: of each two that follow one another, one of each run.

    A last block that is left alone is left out. Empty where they do not alternate, or there are fewer than two couples.
    """
    starts = sorted(
        (_start_s(run, block), place, block)
        for place, (run, blocks) in enumerate(((before, blocks_before), (after, blocks_after)))
        for block in blocks
    )
    couples = []
    for (_, first_run, first), (_, second_run, second) in zip(starts[::2], starts[1::2], strict=False):
        if first_run == second_run:
            return ()
        couples.append((first, second) if first_run == 0 else (second, first))
    return tuple(couples) if len(couples) > 1 else ()


def overlap(before: FinishedRun, after: FinishedRun) -> bool:
    """Whether a trial of one ran while one of the other did."""
    spans = sorted(
        (times.started_s, _end_s(times), place)
        for place, run in enumerate((before, after))
        for times in (trial.times for trial in run.trials)
    )
    # A trial of the one run may lie under a long one of the other that began much earlier.
    ends = {0: float("-inf"), 1: float("-inf")}
    for start_s, end_s, place in spans:
        if start_s < ends[1 - place]:
            return True
        ends[place] = max(ends[place], end_s)
    return False


def _start_s(run: FinishedRun, block: int) -> float:
    return min(trial.times.started_s for trial in run.trials if trial.block == block)


def _end_s(times: TrialTimes) -> float:
    return times.stopped_s or times.measured_s or times.started_s
