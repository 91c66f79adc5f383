"""The run: blocks of trials in random order, each kept as soon as it is done."""

import contextlib
import dataclasses
import itertools
from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path

import msgspec

from wsgibench.analysis.verdict.interim import interim_look
from wsgibench.bench.deadline import Deadline
from wsgibench.bench.first_look import after_the_first_block, look_first
from wsgibench.bench.fitting import with_more_blocks
from wsgibench.bench.listener import BlocksAdded, Listener, RunBegan, silent
from wsgibench.bench.measuring_block import measure_block
from wsgibench.bench.no_start import require_a_start, require_variants
from wsgibench.bench.opening import opened
from wsgibench.bench.parts import Parts
from wsgibench.bench.run_context import RunContext
from wsgibench.bench.running_stack import RunningStack
from wsgibench.bench.trial import waits_for_others
from wsgibench.errors import OutOfTimeError
from wsgibench.model.plan import Plan
from wsgibench.model.run import FinishedRun, Run
from wsgibench.model.slots import Slot, slots_of
from wsgibench.model.verdict import Stop
from wsgibench.runs.folder import RunFolder

REAL = Parts(stack=RunningStack)


def run(
    plan: Plan, parent: Path, *, command: Sequence[str] = (), listener: Listener = silent, parts: Parts = REAL
) -> FinishedRun:
    """The plan, carried out in a new folder below ``parent``; ``command`` is what the record says it was made by.

    Raises:
        What ``carry_out`` does.
    """
    return carry_out(begin(plan, parent, command=command, parts=parts), listener, parts)


def begin(plan: Plan, parent: Path, *, command: Sequence[str] = (), parts: Parts = REAL) -> RunFolder:
    """A new folder with the record of a run in which nothing is done yet.

    Raises:
        RunFolderError: it cannot be written.
    """
    return RunFolder.create(parent, parts.describe(plan, command, parts.clock.time()))


def carry_out(folder: RunFolder, listener: Listener = silent, parts: Parts = REAL) -> FinishedRun:
    """Do what is left of the folder's plan; returns the run with all its trials.

    Raises:
        AnswerError: the app does not answer right, on whatever stack.
        KeyboardInterrupt: with the finished trials kept, and the status ``interrupted``.
        OutOfTimeError: the budget was used up before there was a single trial.
        RunFolderError: it cannot be written.
    """
    with folder.lock():
        folder.remove_unfinished()
        _begin_half_blocks_anew(folder)
        before = folder.read()
        run, finished = before.run, _finished(before)
        slots = slots_of(run.plan)
        listener(RunBegan(plan=run.plan, folder=str(folder.path), trials=len(slots), finished=before.trials))
        status, stop = "failed", None
        try:
            stop = _measure(run, [slot for slot in slots if slot.number not in finished], folder, listener, parts)
            status = "done"
        except KeyboardInterrupt:
            status = "interrupted"
            raise
        except OutOfTimeError:
            if not folder.read().trials:
                raise
            status, stop = "done", Stop.BUDGET
        finally:
            with contextlib.suppress(OSError):
                folder.remove_unfinished()
            # A run in which nothing was left to do ended when it ended.
            measured = len(folder.read().trials) > len(finished) or run.ended_s is None
            ended_s = parts.clock.time() if measured else run.ended_s
            # Read again: what was learned meanwhile is in it.
            folder.write_run(msgspec.structs.replace(folder.read_run(), status=status, stop=stop, ended_s=ended_s))
        return folder.read()


def note_interruption(folder: RunFolder) -> None:
    """Give a run that was interrupted before its first block the status that says so; any other stays as it is.

    Raises:
        RunFolderError: it cannot be written, or another process does.
    """
    with folder.lock():
        run = folder.read_run()
        if run.status == "running":
            folder.write_run(msgspec.structs.replace(run, status="interrupted", ended_s=REAL.clock.time()))


def _begin_half_blocks_anew(folder: RunFolder) -> None:
    """Remove the trials of a block in turns that was kept in part: its stacks are to share the machine's noise.

    Measured one after another, trials may be hours long, and share no noise anyway: those stay, but for what can be
    compared with nothing any more.
    """
    found = folder.read()
    if found.run.plan.turn_s is None:
        for trial in found.trials:
            if waits_for_others(trial) and folder.trial(trial).answers() is None:
                folder.remove(trial)
        return
    kept = Counter(trial.block for trial in found.trials)
    for trial in found.trials:
        if kept[trial.block] < len(found.run.plan.stacks):
            folder.remove(trial)


def _finished(found: FinishedRun) -> set[int]:
    """Numbers of trials with which nothing is left to do: those of a block are compared when it is whole."""
    wait = {trial.block for trial in found.trials if found.run.plan.turn_s is None and waits_for_others(trial)}
    return {trial.number for trial in found.trials if trial.block not in wait}


_FIRST = 2
"""After so many blocks it is known how long one takes: before the figures are looked at."""
_STOP_S = 0.4
"""Of a stack: what is measured is ended without waiting for it."""


def _measure(run: Run, slots: list[Slot], folder: RunFolder, listener: Listener, parts: Parts) -> Stop:
    """Block by block, until all is settled or cannot be, or the blocks or the budget are used up; returns which.

    Raises:
        OutOfTimeError: the budget was used up in the middle of a block.
    """
    at_once = len(run.plan.stacks) if run.plan.turn_s is not None else 1
    deadline, longest_s = Deadline(run.plan.budget_s, ending_s=_STOP_S * at_once, clock=parts.clock), 0.0
    plan, left, has_started = run.plan, deque(_blocks(slots)), False
    with contextlib.ExitStack() as stack:
        context: RunContext | None = None
        while left:
            block = left[0][0].block
            blocks_possible = _possible(plan, deadline, block, longest_s)
            stop = _look(folder, listener, blocks_possible)
            if stop is None and blocks_possible < block:
                stop = Stop.BUDGET
            if stop is not None:
                return stop
            context = context or stack.enter_context(opened(run, folder, listener, deadline, parts))
            began_s = deadline.spent_s
            if context.plan.unsaid is not None and not context.learned and not context.is_adapted:
                context, is_measured = look_first(context, left[0], folder)
                began_s += context.looked_s
                plan, left = context.plan, deque(_blocks(slots_of(context.plan)))
                if not is_measured:
                    continue
            else:
                measure_block(context, left[0], folder)
            left.popleft()
            took_s = deadline.spent_s - began_s
            # The first one has what no other has: the preflight, and programs that were never read before.
            longest_s = took_s if block <= _FIRST else max(longest_s, took_s)
            seen = _with_what_was_seen(context, folder, block, took_s)
            if seen is not context:
                longest_s = longest_s if seen.plan.turn_s == plan.turn_s else 0.0
                context, plan, left = seen, seen.plan, deque(_left(seen.plan, folder))
            if left and not has_started:
                has_started = require_a_start(folder.read().trials)
        return _look(folder, listener, plan.blocks) or Stop.BLOCKS


def _with_what_was_seen(context: RunContext, folder: RunFolder, block: int, block_s: float) -> RunContext:
    """The context with the plan that follows from what one of the first blocks showed, and how long it took.

    Raises:
        StartError: of a variant no stack could be served.
    """
    if block == 1:
        seen = after_the_first_block(context, folder)
        if seen is context:
            require_variants(context.plan, folder.read().trials)
        return seen
    return _with_more_blocks(context, folder, block_s) if block == _FIRST else context


def _left(plan: Plan, folder: RunFolder) -> list[list[Slot]]:
    """Those blocks of which nothing has been measured."""
    begun = {trial.block for trial in folder.read().trials}
    return _blocks([slot for slot in slots_of(plan) if slot.block not in begun])


def _with_more_blocks(context: RunContext, folder: RunFolder, block_s: float) -> RunContext:
    """The context with as many blocks more as there is time for, now that it is known how long one takes."""
    plan = with_more_blocks(context.plan, _FIRST, left_s=context.deadline.left_s, block_s=block_s)
    if plan is context.plan:
        return context
    folder.write_run(msgspec.structs.replace(folder.read_run(), plan=plan))
    context.listener(BlocksAdded(blocks=plan.blocks, trials=plan.blocks * len(plan.stacks)))
    return dataclasses.replace(context, plan=plan)


def _blocks(slots: Sequence[Slot]) -> list[list[Slot]]:
    return [list(group) for _, group in itertools.groupby(slots, key=lambda slot: slot.block)]


def _possible(plan: Plan, deadline: Deadline, block: int, longest_s: float) -> int:
    """How many blocks there can be in all, with the budget that is left."""
    left_s = deadline.left_s
    if left_s is None or not longest_s:
        return plan.blocks
    return min(block - 1 + int(left_s / longest_s), plan.blocks)


def _look(folder: RunFolder, listener: Listener, blocks_possible: int) -> Stop | None:
    look = interim_look(folder.read(), blocks_possible=blocks_possible)
    if look is None:
        return None
    listener(look)
    # After the last block there is nothing to hope for: it is the blocks that are used up.
    return look.stop if look.stop is Stop.SETTLED or look.block < blocks_possible else None
