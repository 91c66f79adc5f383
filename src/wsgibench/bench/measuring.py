"""Those of a block that are up, put under the loads of a schedule."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence

import msgspec

from wsgibench.analysis.gathering import MonitorData, gather
from wsgibench.bench.actions import Action
from wsgibench.bench.block import Block
from wsgibench.bench.comparing_block import Clocks
from wsgibench.bench.engine_process import EngineProcess
from wsgibench.bench.listener import StageReached, TurnBegan
from wsgibench.bench.running_trial import RunningTrial
from wsgibench.bench.schedules import Round, Schedule
from wsgibench.bench.trial import FAILURES
from wsgibench.errors import NotDoneError
from wsgibench.model.engine import LoadDone, RunLoad
from wsgibench.model.recording import Recording
from wsgibench.model.trial import LivenessChecks
from wsgibench.processes.logs import last_exception


def measure(block: Block, schedule: Schedule) -> None:
    """Give those that are up what the schedule has for them, and gather what came of it; whoever fails is out."""
    if not block.up:
        return
    with block.watch() as alive:
        try:
            _Measuring(block, schedule).carry_out()
        except FAILURES as exc:
            # The engine, on which all depend, or what was to be done to all.
            for trial in block.up:
                trial.outcome.error = exc
        for trial in block.all:
            trial.outcome.liveness = LivenessChecks(checks=alive.checks, cpu_s=alive.cpu_s)


class _Measuring:
    """One apparatus, and the loads that it sends."""

    def __init__(self, block: Block, schedule: Schedule) -> None:
        self._block = block
        self._context = block.context
        self._schedule = schedule
        apparatus = block.apparatus("measuring")
        self._engine: EngineProcess = apparatus.start_engine(
            [trial.running_stack for trial in block.up], schedule.loads, draw=str(block.number)
        )
        trees = {name: pids for trial in block.up for name, pids in trial.trees.items()}
        self._monitor = apparatus.start_monitor(
            trees if schedule.in_turns else trees | {f"{block.up[0].label}/engine": (self._engine.pid,)},
            with_workers=[name for trial in block.up for name in trial.trees_with_workers],
        )
        self._engine.wait_ready(self._context.listener)
        self._monitor.wait_ready()
        for trial in block.up:
            trial.outcome.commands |= apparatus.commands
        self._clocks: Clocks = apparatus.clocks(trees)
        self._first_place = (block.number - 1) * schedule.places
        self._due = _Due(schedule.actions, block)

    def carry_out(self) -> None:
        """All rounds; then what was recorded, and seen beside it, is with each trial."""
        block, context, clocks = self._block, self._context, self._clocks
        context.listener(
            StageReached(name="measure", stack=None if self._schedule.in_turns else block.up[0].slot.stack)
        )
        others = context.host.other_cpu(context.cores.stack)
        others.start()
        began_s, before = context.clock.time(), clocks()
        self._due.begin()
        for load_round in self._schedule.rounds():
            self._look()
            block.look_after()
            for trial, load in self._schedule.pieces(load_round, block.up):
                place = self._first_place + load_round.place
                self._load(trial, load_round, msgspec.structs.replace(load, place=place))
            block.bodies.settle(block.up, clocks)
        ended_s, after, other_share = context.clock.time(), clocks(), others.share()
        block.look_after()
        expected = int((ended_s - began_s) / self._monitor.interval_s)
        watched = self._monitor.seen(began_s, ended_s, expected=expected)
        recordings = self._engine.finish()
        for trial in block.up:
            trial.running_stack.reached["measured_s"] = ended_s
            idle_share = trial.idle_share(before, after, ended_s - began_s) if self._schedule.in_turns else None
            self._keep(trial, recordings, watched.of(trial.label), idle_share, other_share)
        block.bodies.conclude(self._engine.answers, block.up, block.all)
        self._due.check()

    def _load(self, trial: RunningTrial, load_round: Round, load: RunLoad) -> None:
        """One piece of load, with what it cost the stack."""
        listener, clock, in_turns = self._context.listener, self._context.clock, self._schedule.in_turns
        if in_turns:
            listener(
                TurnBegan(
                    stack=trial.slot.stack,
                    phase=load_round.phase.name,
                    number=load_round.number,
                    rounds=load_round.rounds,
                )
            )
        start_s, before = clock.time(), self._clocks(*trial.trees)
        measured = before

        def on_measuring() -> None:
            nonlocal measured
            measured = self._clocks(*trial.trees)

        def look() -> None:
            self._look()
            if not in_turns:
                trial.running_stack.check_alive(self._block.alive.ended())

        done = self._send(load_round, load, look, on_measuring)
        after = self._clocks(*trial.trees)
        if in_turns:
            listener(done)
            trial.was_busy(clock.time() - start_s, before, after)
        if load_round.counts:
            # An engine that does not count all answers counts those of the recorded part.
            trial.add(load_round.phase, start_s, done, measured if done.answered is None else before, after)

    def _send(
        self, load_round: Round, load: RunLoad, look: Callable[[], None], on_measuring: Callable[[], None]
    ) -> LoadDone:
        block, began_s = self._block, self._context.clock.monotonic()
        done = self._engine.run(
            load,
            ramp_s=load_round.phase.ramp_s,
            check=look,
            on_progress=self._context.listener,
            on_measuring=(lambda: None) if self._schedule.in_turns else on_measuring,
        )
        block.load_s += self._context.clock.monotonic() - began_s
        block.bodies.dispute(done)
        return done

    def _look(self) -> None:
        """Return while there is time; do what is due."""
        self._context.deadline.check()
        self._due.do()

    def _keep(
        self,
        trial: RunningTrial,
        recordings: Mapping[tuple[str, str], Recording],
        watched: MonitorData,
        idle_share: float | None,
        other_share: float | None,
    ) -> None:
        context = self._context
        recorded = {
            phase: recording
            for (label, phase), recording in recordings.items()
            if label == trial.label and phase in trial.spans
        }
        trial.outcome.watched = watched
        trial.outcome.evidence = gather(
            context.plan,
            list(trial.spans.values()),
            recorded,
            watched,
            engine_cores=len(context.cores.engine),
            idle_cpu_share=idle_share,
            other_cpu_share=other_share,
            learned=context.learned.get(trial.label),
            app_said=last_exception(trial.running_stack.server_log()) or "",
            planned=tuple(self._due.planned),
        )
        for name, recording in recorded.items():
            trial.running_stack.folder.write_recording(name, recording)


class _Due:
    """The actions that are left, the next one first; ``planned`` are the gates that look for what those did."""

    def __init__(self, actions: Sequence[Action], block: Block) -> None:
        self.planned: dict[str, None] = {}
        self._left = deque(sorted(actions, key=lambda action: action.at_s))
        self._block = block
        self._began_s = 0.0

    def begin(self) -> None:
        """From now on their seconds count."""
        self._began_s = self._block.context.clock.monotonic()

    def do(self) -> None:
        """Those whose time has come."""
        while self._left and self._block.context.clock.monotonic() - self._began_s >= self._left[0].at_s:
            action = self._left.popleft()
            action.do({trial.label: trial.running_stack.trees for trial in self._block.up})
            self.planned |= dict.fromkeys(action.planned)

    def check(self) -> None:
        """Return if all were done.

        Raises:
            NotDoneError: the measuring ended before the time of one.
        """
        if self._left:
            action, took_s = self._left[0], self._block.context.clock.monotonic() - self._began_s
            raise NotDoneError(
                f"'{action.name}' was not done: due after {action.at_s:g} s of measuring, which took {took_s:.1f} s.",
                "Measure for longer, or do it sooner.",
            )
