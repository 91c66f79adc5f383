"""Blocks carried out, the first with a look at its stacks that makes the plan."""

import dataclasses
from collections.abc import Sequence

import msgspec

from wsgibench.analysis.gates import OF_THE_MACHINE
from wsgibench.bench.adapting import adapted, one_after_another
from wsgibench.bench.block import Block
from wsgibench.bench.exclusive import starts_now
from wsgibench.bench.learning import learn
from wsgibench.bench.listener import PlanAdapted
from wsgibench.bench.measuring import measure
from wsgibench.bench.measuring_block import block_of, keep, keep_answers, schedule_in
from wsgibench.bench.run_context import RunContext
from wsgibench.deploy.diagnosis import supervisord_ended
from wsgibench.errors import AnswerError, DeathError
from wsgibench.model.learned import Learned
from wsgibench.model.schedule import asks_too_much
from wsgibench.model.slots import Slot
from wsgibench.model.trial import Trial
from wsgibench.runs.folder import RunFolder


def look_first(context: RunContext, slots: Sequence[Slot], folder: RunFolder) -> tuple[RunContext, bool]:
    """The context with the plan that follows from a look at each stack, and whether the block was measured as well.

    Raises:
        AnswerError: the app does not answer right, on whatever stack.
        UsageError: the budget is too short for these stacks.
        DeathError: supervisord ended, twice.
    """
    began_s = context.deadline.spent_s
    try:
        made, is_measured = _look(context, slots, folder)
    except DeathError:
        folder.remove_unfinished()
        made, is_measured = _look(context, slots, folder)
    if made.cores == context.cores:
        return made, is_measured
    # What a stack bears is another matter on other cores.
    made.host.pin(made.cores.stack)
    before_s = context.deadline.spent_s - began_s
    made, is_measured = _look(made, slots, folder)
    return dataclasses.replace(made, looked_s=made.looked_s + before_s), is_measured


def _look(context: RunContext, slots: Sequence[Slot], folder: RunFolder) -> tuple[RunContext, bool]:
    """The same, with the cores as they are; stacks that are up in turns are measured if the plan stays one of turns."""
    learned: list[Learned] = []
    turned: list[AnswerError] = []
    in_turns = context.plan.turn_s is not None
    for group in (groups := _at_once(context, slots)):
        with block_of(context, group, folder) as block:
            block.start()
            _require_supervisord(context, block)
            began_s = context.deadline.spent_s
            # What failed before it was loaded says so itself.
            loaded = block.up
            learned += learn(block, context)
            _require_supervisord(context, block)
            turned += [error for trial in loaded if isinstance(error := trial.outcome.error, AnswerError)]
            if group is groups[-1] and turned and not learned:
                raise _of_all(turned[0])
            made = _with_plan(context, learned, folder) if in_turns else context
            made = dataclasses.replace(made, looked_s=context.deadline.spent_s - began_s)
            is_measured = in_turns and made.is_adapted and made.plan.turn_s is not None
            if is_measured:
                block.context = made
                measure(block, schedule_in(made, block))
        if is_measured:
            keep(made, block, folder)
            keep_answers(made, folder)
            return made, True
        folder.remove_unfinished()
    return (made if in_turns else _with_plan(context, learned, folder)), False


def _require_supervisord(context: RunContext, block: Block) -> None:
    """Return if it has kept the block's stacks so far.

    Raises:
        DeathError: it ended, and may have been started again since, for the stacks that were started after that.
    """
    for trial in block.all:
        if isinstance(error := trial.outcome.error, DeathError):
            raise error
    if context.host.has_ended:
        raise supervisord_ended("while the stacks were looked at")


def _of_all(error: AnswerError) -> AnswerError:
    """What ends the run where no stack answers any more as it did: there is nothing to measure."""
    return AnswerError(
        error.message, f"{error.hint}\nAll stacks answered right until they were loaded, and then no more."
    )


def _with_plan(context: RunContext, learned: Sequence[Learned], folder: RunFolder) -> RunContext:
    """The context with the plan made; with other cores and nothing else, where it is to have others."""
    plan = adapted(context.plan, learned, left_s=context.deadline.left_s)
    if plan.cores is not None and plan.cores != context.cores:
        asked = msgspec.structs.replace(context.plan, cores=plan.cores)
        return dataclasses.replace(context, plan=asked, cores=plan.cores)
    folder.write_run(msgspec.structs.replace(folder.read_run(), plan=plan, learned=tuple(learned)))
    context.listener(PlanAdapted(plan=plan, learned=learned, trials=plan.blocks * len(plan.stacks)))
    return dataclasses.replace(context, plan=plan, learned={each.stack: each for each in learned}, is_adapted=True)


def after_the_first_block(context: RunContext, folder: RunFolder) -> RunContext:
    """The context without turns, where the first block showed that they do not fit; its trials are removed.

    Where stacks cannot be up at the same time, all are to be looked at anew: some of them nobody has seen yet. So
    they are once where one failed to start by accident: the context is as before it then.
    """
    if context.plan.turn_s is None or context.plan.unsaid is None:
        return context
    trials, learned = folder.read().trials, list(context.learned.values())
    # First what did not start: of a stack that was left alone, the time between its turns is too short to tell.
    found = starts_now(context, trials)
    if found and not found.why_alone and not context.has_begun_anew:
        return _begun_anew(context, folder, trials)
    exclusive = found if found and found.why_alone else None
    why = exclusive.why_alone if exclusive else next(filter(None, (_misfit(each, context) for each in trials)), None)
    if why is None:
        return context
    plan = one_after_another(context.plan, learned, why, left_s=context.deadline.left_s)
    if plan.turn_s is not None:
        if exclusive:
            _note_that_it_starts_alone(exclusive.trial, why, folder)
        return context
    for trial in trials:
        folder.remove(trial)
    if exclusive:
        return _looked_at_anew(dataclasses.replace(context, plan=plan), folder)
    folder.write_run(msgspec.structs.replace(folder.read_run(), plan=plan))
    context.listener(PlanAdapted(plan=plan, learned=learned, trials=plan.blocks * len(plan.stacks)))
    return dataclasses.replace(context, plan=plan)


def _begun_anew(context: RunContext, folder: RunFolder, trials: Sequence[Trial]) -> RunContext:
    """The context as before the first block, of which nothing is left."""
    for trial in trials:
        folder.remove(trial)
    return _looked_at_anew(dataclasses.replace(context, has_begun_anew=True), folder)


def _looked_at_anew(context: RunContext, folder: RunFolder) -> RunContext:
    """The context with its plan, and nothing known of any stack."""
    folder.write_run(msgspec.structs.replace(folder.read_run(), plan=context.plan, learned=None))
    return dataclasses.replace(context, learned={}, is_adapted=False)


def _note_that_it_starts_alone(trial: Trial, why: str, folder: RunFolder) -> None:
    """For a budget that has no room for one after another."""
    gates = tuple(
        msgspec.structs.replace(gate, cause=why, advice="Give more --budget, or --turns off.")
        if gate.name == "start"
        else gate
        for gate in trial.gates
    )
    folder.trial(trial).write(msgspec.structs.replace(trial, gates=gates))


def _misfit(trial: Trial, context: RunContext) -> str | None:
    """What the stack did that turns have no room for: work between them, or standing still beyond their patience."""
    failed = {gate.name: gate for gate in trial.gates if not gate.passed}
    if gate := failed.get("idle-cpu"):
        return f"{trial.stack.label} works while others have their turn. {gate.cause}"
    learned = context.learned.get(trial.stack.label)
    loads = [phase.load for phase in context.plan.phases]
    if not OF_THE_MACHINE.isdisjoint(failed):
        return None
    if "offered-load" in failed and learned and not any(asks_too_much(load, learned) for load in loads):
        return f"{trial.stack.label} did not come to rest in its turns, though it bears more than it was asked for."
    return None


def _at_once(context: RunContext, slots: Sequence[Slot]) -> list[list[Slot]]:
    """Which stacks are up together: all of a block where they take turns, else each alone."""
    return [list(slots)] if context.plan.turn_s is not None else [[slot] for slot in slots]
