"""A block in turns: all its stacks are up, and one engine goes round them, a fraction of a second each.

So they share the weather: what slows the machine down for a second slows all of them alike.
"""

import random
import shutil
import time
from collections.abc import Sequence

from wsgibench.bench.engine_job import job_for
from wsgibench.bench.evidence import gather
from wsgibench.bench.load_engine import LoadEngine
from wsgibench.bench.seat import Seat
from wsgibench.bench.trial import FAILURES, Slot, trial_of
from wsgibench.bench.watching import Watch
from wsgibench.bench.workshop import Workshop
from wsgibench.errors import DeathError
from wsgibench.model.engine import RunLoad
from wsgibench.model.monitor import MonitorJob
from wsgibench.model.plan import Phase
from wsgibench.model.trial import Trial
from wsgibench.monitors import OtherCpu, TreeCpu
from wsgibench.runs.trial_folder import TrialFolder

_LEAD_S = 0.03
"""Unrecorded load at the start of each turn: until all connections are in flight, the server is not yet at work."""
_WARM_UP = "warm-up"


def measure_in_turns(workshop: Workshop, places: Sequence[tuple[Slot, TrialFolder]]) -> list[Trial]:
    """The trials of a block, done or failed, with all their files in their folders; nothing is left running.

    The caller writes the records. An interrupt, or a folder that cannot be written, is raised.
    """
    block = _Block(workshop, places)
    try:
        block.measure()
    finally:
        block.end()
    return block.trials()


class _Block:
    """All seats, one engine, one monitor."""

    def __init__(self, workshop: Workshop, places: Sequence[tuple[Slot, TrialFolder]]) -> None:
        self._shop = workshop
        self._seats = [Seat(workshop, slot, folder) for slot, folder in places]
        self._private = workshop.directory / "turns"
        self._private.mkdir(mode=0o700)
        self._children: list[LoadEngine | Watch] = []
        self._draw = random.Random(f"{workshop.plan.seed}/{places[0][0].block}")  # noqa: S311  # an order, no secret
        self._load_s = 0.0
        self._began_s = time.monotonic()

    def measure(self) -> None:
        """Bring all up, go round them, gather; a seat that fails leaves the table, the others go on."""
        self._bring_up()
        if not self._present:
            return
        try:
            self._go_round()
        except FAILURES as exc:
            # The engine, on which all depend.
            for seat in self._present:
                seat.findings.error = exc

    @property
    def _present(self) -> list[Seat]:
        return [seat for seat in self._seats if seat.findings.error is None]

    def _bring_up(self) -> None:
        for seat in self._seats:
            self._shop.listener.begin_trial(seat.slot.stack, block=seat.slot.block, number=seat.slot.number)
            try:
                seat.contender.bring_up()
                seat.contender.warm_up()
            except FAILURES as exc:
                seat.findings.error = exc

    def _go_round(self) -> None:
        seats = self._present
        engine, watch = self._start_engine(seats), self._start_watch(seats)
        trees = TreeCpu({name: pids for seat in seats for name, pids in seat.trees.items()})
        others = OtherCpu(self._shop.cores.stack)
        self._shop.listener.stage("measure", None)
        others.start()
        began_s, before = time.time(), trees.seconds()
        for phase in self._shop.plan.phases:
            self._rounds(engine, phase, trees)
        ended_s, after, other_share = time.time(), trees.seconds(), others.share()
        watched = watch.seen(began_s, ended_s, expected=int((ended_s - began_s) / watch.interval_s))
        recordings = engine.finish()
        for seat in self._present:
            seat.contender.reached["measured_s"] = ended_s
            mine = {phase: record for (label, phase), record in recordings.items() if label == seat.label}
            seat.findings.watched = watched.of(seat.label)
            seat.findings.evidence = gather(
                self._shop.plan,
                list(seat.spans.values()),
                mine,
                seat.findings.watched,
                engine_cores=len(self._shop.cores.engine),
                idle_cpu_share=seat.idle_share(before, after, ended_s - began_s),
                other_cpu_share=other_share,
            )
            for name, recording in mine.items():
                if name in seat.spans:
                    seat.contender.folder.write_recording(name, recording)

    def _rounds(self, engine: LoadEngine, phase: Phase, trees: TreeCpu) -> None:
        """One phase: rounds until every seat had its time, each round in a new order."""
        measured_rounds = _rounds_of(phase.duration_s, self._shop.plan.turn_s or phase.duration_s)
        # What was promised is the duration: turns are as long as asked for, or a little more or less.
        turn_s = phase.duration_s / measured_rounds
        warm_rounds = _rounds_of(phase.warmup_s, turn_s) if phase.warmup_s else 0
        rounds = warm_rounds + measured_rounds
        for number in range(rounds):
            self._look_after()
            for seat in self._draw.sample(self._present, len(self._present)):
                self._shop.listener.begin_turn(seat.slot.stack, phase=phase.name, number=number + 1, rounds=rounds)
                self._turn(engine, seat, phase, turn_s, trees, warming=number < warm_rounds)

    def _look_after(self) -> None:
        """Whoever has lost a process leaves the table, and disturbs nobody any more; the others go on."""
        for seat in self._present:
            try:
                seat.contender.look()
            except DeathError as exc:
                seat.findings.error = exc
                seat.contender.put_away()

    def _turn(
        self, engine: LoadEngine, seat: Seat, phase: Phase, turn_s: float, trees: TreeCpu, *, warming: bool
    ) -> None:
        names = tuple(seat.trees)
        name = f"{phase.name}-{_WARM_UP}" if warming else phase.name
        began_s, start_s, before = time.monotonic(), time.time(), trees.seconds(*names)
        measured = before

        def on_measuring() -> None:
            nonlocal measured
            measured = trees.seconds(*names)

        done = engine.run(
            RunLoad(target=seat.label, phase=name, duration_s=turn_s, warmup_s=_LEAD_S),
            ramp_s=0.0,
            look=lambda: None,
            on_progress=self._shop.listener.progress,
            on_measuring=on_measuring,
        )
        after = trees.seconds(*names)
        took_s = time.monotonic() - began_s
        self._shop.listener.end_turn(done)
        self._load_s += took_s
        seat.was_busy(took_s, before, after)
        if not warming:
            seat.add_turn(phase.name, start_s, done, measured, after)

    def _start_engine(self, seats: Sequence[Seat]) -> LoadEngine:
        phases = {phase.name: phase.load for phase in self._shop.plan.phases}
        job = job_for(
            self._shop,
            [seat.contender for seat in seats],
            phases | {f"{name}-{_WARM_UP}": load for name, load in phases.items()},
            directory=self._private / "recordings",
            draw=str(seats[0].slot.block),
        )
        engine = LoadEngine(self._shop.plan.engine, job, directory=self._private)
        self._children.append(engine)
        engine.wait_ready(self._shop.listener.waiting)
        for seat in seats:
            seat.findings.commands["engine"] = engine.argv
        return engine

    def _start_watch(self, seats: Sequence[Seat]) -> Watch:
        job = MonitorJob(
            output=str(self._private / "monitor-output.json"),
            interval_s=self._shop.plan.monitor_interval_s,
            trees={name: pids for seat in seats for name, pids in seat.trees.items()},
            cores=self._shop.cores.engine,
        )
        watch = Watch(self._shop.plan.monitor, job, directory=self._private)
        self._children.append(watch)
        for seat in seats:
            seat.findings.commands["monitor"] = watch.argv
        return watch

    def end(self) -> None:
        """End and put away all, and keep what they said, in every trial's folder."""
        for child in self._children:
            child.end()
        for seat in self._seats:
            seat.contender.put_away()
            for child in self._children:
                seat.contender.folder.keep(child.log, seat.contender.folder.logs / child.log.name)
            for name, place in (
                ("engine.json", seat.contender.folder.config / "engine.json"),
                ("monitor-output.json", seat.contender.folder.monitor),
            ):
                if (self._private / name).exists():
                    seat.contender.folder.keep(self._private / name, place)
        shutil.rmtree(self._private, ignore_errors=True)

    def trials(self) -> list[Trial]:
        """The records, when all has ended. What the block cost beside its load is shared by its trials."""
        share_s = (time.monotonic() - self._began_s - self._load_s) / len(self._seats)
        for seat in self._seats:
            seat.findings.overhead_s = share_s
        return [trial_of(self._shop, seat.slot, seat.contender, seat.findings) for seat in self._seats]


def _rounds_of(duration_s: float, turn_s: float) -> int:
    return max(round(duration_s / turn_s), 1)
