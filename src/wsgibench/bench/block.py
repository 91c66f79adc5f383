"""A block of trials: stacks started, put under the plan's loads, gathered and stopped.

Interleaved, all stacks of a block are up and one engine goes round them, a fraction of a second each: so they share
what the machine does. Sequential, a block is one stack alone, each of whose loads is one piece.
"""

from collections.abc import Mapping, Sequence

from wsgibench.bench.apparatus import Apparatus
from wsgibench.bench.bodies.comparing import Comparison
from wsgibench.bench.comparing_block import BlockBodies
from wsgibench.bench.listener import TrialBegan
from wsgibench.bench.run_context import RunContext
from wsgibench.bench.running_trial import RunningTrial
from wsgibench.bench.trial import FAILURES, trial_of
from wsgibench.bench.variants import with_what_is_left_out
from wsgibench.deploy.diagnosis import supervisord_ended
from wsgibench.errors import AnswerError, StartError, WsgibenchError
from wsgibench.hosts import Liveness
from wsgibench.model.slots import Slot
from wsgibench.model.stack import DIRECT
from wsgibench.model.trial import Trial
from wsgibench.runs.trial_folder import TrialFolder


class Block:
    """Its trials, done or failed; the caller writes their records.

    An interrupt, a budget that is over or a folder that cannot be written is raised: those are no faults of a trial.

    Attributes:
        all: its trials.
        context: what it is made with, and by which plan.
        bodies: compares what they answer.
        alive: tells which of the processes of those that are up have ended.
        load_s: seconds in which a load was sent.
    """

    def __init__(
        self,
        context: RunContext,
        slots: Sequence[tuple[Slot, TrialFolder]],
        comparisons: Mapping[str, Comparison] | None = None,
    ) -> None:
        """``comparisons`` are those of all stacks, where those of this block are not all."""
        self.bodies = BlockBodies(context, comparisons)
        self.all = [RunningTrial(context, slot, folder) for slot, folder in slots]
        self.context = context
        self._apparatus: list[Apparatus] = []
        self.load_s = 0.0
        self.alive = context.host.liveness(())
        self._began_s = context.clock.monotonic()

    @property
    def number(self) -> int:
        """Which block of the plan it is, from 1."""
        return self.all[0].slot.block

    @property
    def up(self) -> list[RunningTrial]:
        """Those that have not failed."""
        return [trial for trial in self.all if trial.outcome.error is None]

    def start(self) -> None:
        """Start all, each proved right and warm; what fails leaves the block to the others.

        Raises:
            AnswerError: the first that answers at all does not answer right.
        """
        # Without a proxy before it, what a server says is its own: it goes first, and the preflight asks it.
        for trial in sorted(self.all, key=lambda trial: trial.slot.stack.proxy != DIRECT):
            self.context.deadline.check()
            self.context.listener(TrialBegan(stack=trial.slot.stack, block=trial.slot.block, number=trial.slot.number))
            try:
                self.context.host.start_again()
                trial.running_stack.start()
                trial.running_stack.warm_up()
            except FAILURES as exc:
                trial.outcome.error = self._why(trial, exc)
                # Else it would keep its port, and what else only one can have, from those that are started after it.
                trial.running_stack.stop()
        # Whoever has ended by now does not start beside those that were started after it.
        with self.watch():
            self.look_after(starting=True)
        self.bodies.compare_first(self.up)

    def _why(self, trial: RunningTrial, error: WsgibenchError) -> WsgibenchError:
        """Why the stack is not up.

        Raises:
            AnswerError: for what is wrong with the app on every stack.
        """
        stack = trial.slot.stack
        if isinstance(error, StartError) and self.context.host.has_ended:
            # Its servers end with it, so that a stack keeps silent, or its proxy answers for it.
            return supervisord_ended(f"while {stack.label} was started")
        if isinstance(error, AnswerError):
            error = with_what_is_left_out(error, self.context.plan, stack, self.context.app_of(stack))
            self.context.preflight_of(stack).judge(error)
        return error

    def apparatus(self, name: str) -> Apparatus:
        """A new one, which ends with the block."""
        self._apparatus.append(Apparatus(self.context, name))
        return self._apparatus[-1]

    def watch(self) -> Liveness:
        """Of all that are up."""
        self.alive = self.context.host.liveness(set().union(*(trial.running_stack.pids for trial in self.up)))
        return self.alive

    def look_after(self, *, starting: bool = False) -> None:
        """Whoever has lost a process leaves the block, and disturbs nobody any more."""
        ended = self.alive.ended()
        for trial in self.up if ended else ():
            try:
                trial.running_stack.check_alive(ended, starting=starting)
            except FAILURES as exc:
                trial.outcome.error = exc
                trial.running_stack.stop()

    def end(self) -> None:
        """Stop all, and keep what they said, in every trial's folder."""
        for trial in self.all:
            trial.running_stack.look_back()
        # All at once, for each takes half a second.
        for trial in self.all:
            trial.running_stack.ask_to_end()
        for trial in self.all:
            trial.running_stack.stop()
        for apparatus in self._apparatus:
            apparatus.end([trial.running_stack for trial in self.all])

    def trials(self) -> list[Trial]:
        """The records, when all has ended. What the block cost beside its load is shared by its trials."""
        share_s = (self.context.clock.monotonic() - self._began_s - self.load_s) / len(self.all)
        for trial in self.all:
            trial.outcome.overhead_s = share_s
        return [trial_of(self.context, trial.slot, trial.running_stack, trial.outcome) for trial in self.all]
