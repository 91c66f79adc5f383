"""A block of trials: stacks brought up, put under the plan's loads, gathered and put away.

Interleaved, all stacks of a block are up and one engine goes round them, a fraction of a second each: so they share
what the machine does. Sequential, a block is one stack alone, each of whose loads is one piece.
"""

import random
from collections.abc import Callable, Mapping, Sequence

from wsgibench.bench.apparatus import Apparatus
from wsgibench.bench.bodies.comparing import Comparison
from wsgibench.bench.comparing_block import BlockBodies, Clocks
from wsgibench.bench.evidence import gather
from wsgibench.bench.load_engine import LoadEngine
from wsgibench.bench.running_trial import RunningTrial
from wsgibench.bench.schedule import asks_too_much, loads_for, piece_of, rounds_of, turn_of
from wsgibench.bench.slots import Slot
from wsgibench.bench.trial import FAILURES, trial_of
from wsgibench.bench.workshop import Workshop
from wsgibench.errors import AnswerError
from wsgibench.model.engine import LoadDone, RunLoad
from wsgibench.model.plan import Phase
from wsgibench.model.stack import DIRECT
from wsgibench.model.trial import LivenessChecks, Trial
from wsgibench.processes.liveness import Liveness
from wsgibench.processes.logs import last_exception
from wsgibench.runs.trial_folder import TrialFolder


class Block:
    """Its trials, done or failed; the caller writes their records.

    An interrupt, a budget that is over or a folder that cannot be written is raised: those are no faults of a trial.
    """

    def __init__(
        self,
        workshop: Workshop,
        slots: Sequence[tuple[Slot, TrialFolder]],
        comparisons: Mapping[str, Comparison] | None = None,
    ) -> None:
        """``comparisons`` are those of all stacks, where those of this block are not all."""
        self._bodies = BlockBodies(workshop, comparisons)
        self.all = [RunningTrial(workshop, slot, folder) for slot, folder in slots]
        self._shop = workshop
        self._apparatus: list[Apparatus] = []
        self._draw = random.Random(f"{workshop.plan.seed}/{slots[0][0].block}")  # noqa: S311  # an order, no secret
        self._load_s = 0.0
        self._alive = workshop.host.liveness(())
        self._began_s = workshop.clock.monotonic()

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
            self._shop.deadline.check()
            self._shop.listener.begin_trial(trial.slot.stack, block=trial.slot.block, number=trial.slot.number)
            try:
                self._shop.host.start_again()
                trial.contender.bring_up()
                trial.contender.warm_up()
            except AnswerError as exc:
                self._shop.preflight_of(trial.slot.stack).judge(exc)
                trial.findings.error = exc
            except FAILURES as exc:
                trial.findings.error = exc
        # Whoever has ended by now does not start beside those that were started after it.
        with self._watch():
            self._look_after(starting=True)
        self._bodies.compare_first(self.up)

    def apparatus(self, name: str) -> Apparatus:
        """A new one, which ends with the block."""
        self._apparatus.append(Apparatus(self._shop, name))
        return self._apparatus[-1]

    def measure(self, workshop: Workshop) -> None:
        """Put those that are up under the loads of the workshop's plan."""
        self._shop = workshop
        if not self.up:
            return
        with self._watch() as alive:
            try:
                self._measure()
            except FAILURES as exc:
                # The engine, on which all depend.
                for trial in self.up:
                    trial.findings.error = exc
            for trial in self.all:
                trial.findings.liveness = LivenessChecks(checks=alive.checks, cpu_s=alive.cpu_s)

    def _measure(self) -> None:
        shop, apparatus = self._shop, self.apparatus("measuring")
        in_turns = shop.plan.turn_s is not None
        engine = apparatus.start_engine(
            [trial.contender for trial in self.up], loads_for(shop.plan), draw=str(self.all[0].slot.block)
        )
        engine.wait_ready(shop.listener.waiting)
        trees = {name: pids for trial in self.up for name, pids in trial.trees.items()}
        watch = apparatus.start_monitor(
            trees if in_turns else trees | {f"{self.up[0].label}/engine": (engine.pid,)},
            with_workers=[name for trial in self.up for name in trial.trees_with_workers],
        )
        for trial in self.up:
            trial.findings.commands |= apparatus.commands
        clocks = apparatus.clocks(trees)
        shop.listener.stage("measure", None if in_turns else self.up[0].slot.stack)
        others = shop.host.other_cpu(shop.cores.stack)
        others.start()
        began_s, before = shop.clock.time(), clocks()
        for phase in shop.plan.phases:
            (self._rounds if in_turns else self._one_piece)(engine, phase, clocks)
        ended_s, after, other_share = shop.clock.time(), clocks(), others.share()
        self._look_after()
        watched = watch.seen(began_s, ended_s, expected=int((ended_s - began_s) / watch.interval_s))
        recordings = engine.finish()
        for trial in self.up:
            trial.contender.reached["measured_s"] = ended_s
            trial.findings.watched = watched.of(trial.label)
            recorded = {
                phase: recording
                for (label, phase), recording in recordings.items()
                if label == trial.label and phase in trial.spans
            }
            trial.findings.evidence = gather(
                shop.plan,
                list(trial.spans.values()),
                recorded,
                trial.findings.watched,
                engine_cores=len(shop.cores.engine),
                idle_cpu_share=trial.idle_share(before, after, ended_s - began_s) if in_turns else None,
                other_cpu_share=other_share,
                learned=shop.learned.get(trial.label),
                app_said=last_exception(trial.contender.server_log()) or "",
            )
            for name, recording in recorded.items():
                trial.contender.folder.write_recording(name, recording)
        self._bodies.conclude(engine.answers, self.up, self.all)

    def _rounds(self, engine: LoadEngine, phase: Phase, clocks: Clocks) -> None:
        """Rounds until every stack had its time, each round in a new order; unrecorded ones first."""
        rounds = rounds_of(self._shop.plan, phase)
        for number in range(rounds.warm + rounds.measured):
            self._shop.deadline.check()
            self._look_after()
            warming = number < rounds.warm
            for trial in self._draw.sample(self.up, len(self.up)):
                learned = self._shop.learned.get(trial.label)
                if phase.name in trial.lost or (warming and asks_too_much(phase.load, learned)):
                    continue
                self._shop.listener.begin_turn(
                    trial.slot.stack, phase=phase.name, number=number + 1, rounds=rounds.warm + rounds.measured
                )
                load = turn_of(phase, trial.label, learned, turn_s=rounds.turn_s, warming=warming)
                self._turn(engine, trial, phase, load, clocks, warming=warming)
            self._bodies.settle(self.up, clocks)

    def _watch(self) -> Liveness:
        """Of all that are up."""
        self._alive = self._shop.host.liveness(set().union(*(trial.contender.pids for trial in self.up)))
        return self._alive

    def _look_after(self, *, starting: bool = False) -> None:
        """Whoever has lost a process leaves the block, and disturbs nobody any more."""
        ended = self._alive.ended()
        for trial in self.up if ended else ():
            try:
                trial.contender.look(ended, starting=starting)
            except FAILURES as exc:
                trial.findings.error = exc
                trial.contender.put_away()

    def _turn(
        self, engine: LoadEngine, trial: RunningTrial, phase: Phase, load: RunLoad, clocks: Clocks, *, warming: bool
    ) -> None:
        start_s, before = self._shop.clock.time(), clocks(*trial.trees)
        done = self._run(engine, load, look=self._shop.deadline.check)
        after = clocks(*trial.trees)
        self._shop.listener.end_turn(done)
        trial.was_busy(self._shop.clock.time() - start_s, before, after)
        if not warming:
            trial.add(phase, start_s, done, before, after)

    def _one_piece(self, engine: LoadEngine, phase: Phase, clocks: Clocks) -> None:
        """The whole phase at once, of the one stack that is up."""
        [trial] = self.up
        measured = clocks(*trial.trees)

        def on_measuring() -> None:
            nonlocal measured
            measured = clocks(*trial.trees)

        def look() -> None:
            self._shop.deadline.check()
            trial.contender.look(self._alive.ended())

        load = piece_of(phase, trial.label, self._shop.learned.get(trial.label))
        start_s, before = self._shop.clock.time(), measured
        done = self._run(engine, load, ramp_s=phase.ramp_s, look=look, on_measuring=on_measuring)
        # An engine that does not count all answers counts those of the recorded part.
        before = measured if done.answered is None else before
        trial.add(phase, start_s, done, before, clocks(*trial.trees))

    def _run(
        self,
        engine: LoadEngine,
        load: RunLoad,
        *,
        look: Callable[[], None],
        ramp_s: float = 0.0,
        on_measuring: Callable[[], None] = lambda: None,
    ) -> LoadDone:
        began_s = self._shop.clock.monotonic()
        done = engine.run(
            load, ramp_s=ramp_s, look=look, on_progress=self._shop.listener.progress, on_measuring=on_measuring
        )
        self._load_s += self._shop.clock.monotonic() - began_s
        self._bodies.dispute(done)
        return done

    def end(self) -> None:
        """End and put away all, and keep what they said, in every trial's folder."""
        for trial in self.all:
            trial.contender.put_away()
        for apparatus in self._apparatus:
            apparatus.end([trial.contender for trial in self.all])

    def trials(self) -> list[Trial]:
        """The records, when all has ended. What the block cost beside its load is shared by its trials."""
        share_s = (self._shop.clock.monotonic() - self._began_s - self._load_s) / len(self.all)
        for trial in self.all:
            trial.findings.overhead_s = share_s
        return [trial_of(self._shop, trial.slot, trial.contender, trial.findings) for trial in self.all]
