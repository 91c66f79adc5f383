"""A block of trials: stacks brought up, put under the plan's loads, gathered and put away.

Interleaved, all stacks of a block are up and one engine goes round them, a fraction of a second each: so they share
what the machine does. Sequential, a block is one stack alone, each of whose loads is one piece.
"""

from collections.abc import Mapping, Sequence

from wsgibench.bench.apparatus import Apparatus
from wsgibench.bench.bodies.comparing import Comparison
from wsgibench.bench.comparing_block import BlockBodies
from wsgibench.bench.running_trial import RunningTrial
from wsgibench.bench.slots import Slot
from wsgibench.bench.trial import FAILURES, trial_of
from wsgibench.bench.workshop import Workshop
from wsgibench.errors import AnswerError
from wsgibench.model.stack import DIRECT
from wsgibench.model.trial import Trial
from wsgibench.processes.liveness import Liveness
from wsgibench.runs.trial_folder import TrialFolder


class Block:
    """Its trials, done or failed; the caller writes their records.

    An interrupt, a budget that is over or a folder that cannot be written is raised: those are no faults of a trial.

    Attributes:
        all: its trials.
        shop: what it is made with, and by which plan.
        bodies: compares what they answer.
        alive: tells which of the processes of those that are up have ended.
        load_s: seconds in which a load was sent.
    """

    def __init__(
        self,
        workshop: Workshop,
        slots: Sequence[tuple[Slot, TrialFolder]],
        comparisons: Mapping[str, Comparison] | None = None,
    ) -> None:
        """``comparisons`` are those of all stacks, where those of this block are not all."""
        self.bodies = BlockBodies(workshop, comparisons)
        self.all = [RunningTrial(workshop, slot, folder) for slot, folder in slots]
        self.shop = workshop
        self._apparatus: list[Apparatus] = []
        self.load_s = 0.0
        self.alive = workshop.host.liveness(())
        self._began_s = workshop.clock.monotonic()

    @property
    def number(self) -> int:
        """Which block of the plan it is, from 1."""
        return self.all[0].slot.block

    @property
    def up(self) -> list[RunningTrial]:
        """Those that have not failed."""
        return [trial for trial in self.all if trial.findings.error is None]

    def bring_up(self) -> None:
        """Start all, each proved right and warm; what fails leaves the block to the others.

        Raises:
            AnswerError: the first that answers at all does not answer right.
        """
        # Without a proxy before it, what a server says is its own: it goes first, and the preflight asks it.
        for trial in sorted(self.all, key=lambda trial: trial.slot.stack.proxy != DIRECT):
            self.shop.deadline.check()
            self.shop.listener.begin_trial(trial.slot.stack, block=trial.slot.block, number=trial.slot.number)
            try:
                self.shop.host.start_again()
                trial.contender.bring_up()
                trial.contender.warm_up()
            except AnswerError as exc:
                self.shop.preflight_of(trial.slot.stack).judge(exc)
                trial.findings.error = exc
            except FAILURES as exc:
                trial.findings.error = exc
        # Whoever has ended by now does not start beside those that were started after it.
        with self.watch():
            self.look_after(starting=True)
        self.bodies.compare_first(self.up)

    def apparatus(self, name: str) -> Apparatus:
        """A new one, which ends with the block."""
        self._apparatus.append(Apparatus(self.shop, name))
        return self._apparatus[-1]

    def watch(self) -> Liveness:
        """Of all that are up."""
        self.alive = self.shop.host.liveness(set().union(*(trial.contender.pids for trial in self.up)))
        return self.alive

    def look_after(self, *, starting: bool = False) -> None:
        """Whoever has lost a process leaves the block, and disturbs nobody any more."""
        ended = self.alive.ended()
        for trial in self.up if ended else ():
            try:
                trial.contender.look(ended, starting=starting)
            except FAILURES as exc:
                trial.findings.error = exc
                trial.contender.put_away()

    def end(self) -> None:
        """End and put away all, and keep what they said, in every trial's folder."""
        for trial in self.all:
            trial.contender.put_away()
        for apparatus in self._apparatus:
            apparatus.end([trial.contender for trial in self.all])

    def trials(self) -> list[Trial]:
        """The records, when all has ended. What the block cost beside its load is shared by its trials."""
        share_s = (self.shop.clock.monotonic() - self._began_s - self.load_s) / len(self.all)
        for trial in self.all:
            trial.findings.overhead_s = share_s
        return [trial_of(self.shop, trial.slot, trial.contender, trial.findings) for trial in self.all]
