"""A trial on its own: its stack is up alone, and has an engine and a monitor for itself."""

import shutil
import time

from wsgibench.bench.contender import Contender
from wsgibench.bench.engine_job import job_for
from wsgibench.bench.evidence import Span, gather
from wsgibench.bench.load_engine import LoadEngine
from wsgibench.bench.trial import FAILURES, Findings, Slot, trial_of
from wsgibench.bench.watching import Watch
from wsgibench.bench.workshop import Workshop
from wsgibench.model.engine import RunLoad
from wsgibench.model.monitor import MonitorJob
from wsgibench.model.plan import Phase
from wsgibench.model.trial import Trial
from wsgibench.monitors import OtherCpu, TreeCpu
from wsgibench.runs.trial_folder import TrialFolder


def measure_alone(workshop: Workshop, slot: Slot, folder: TrialFolder) -> Trial:
    """The trial, done or failed, with all its files in the folder; nothing that it started is left.

    The caller writes the record, which makes it finished. An interrupt, or a folder that cannot be written, is raised:
    those are no faults of the trial.
    """
    contender = Contender(workshop, slot.stack, slot.number, folder)
    alone = _Alone(workshop, contender, slot)
    try:
        alone.measure()
    except FAILURES as exc:
        alone.findings.error = exc
    finally:
        alone.end()
        contender.put_away()
    alone.findings.overhead_s = contender.reached["stopped_s"] - contender.reached["started_s"] - alone.load_s
    return trial_of(workshop, slot, contender, alone.findings)


class _Alone:
    """Engine and monitor for one contender."""

    def __init__(self, workshop: Workshop, contender: Contender, slot: Slot) -> None:
        self._shop = workshop
        self._contender = contender
        self._slot = slot
        self._private = workshop.directory / "alone"
        self._private.mkdir(mode=0o700)
        self._children: list[LoadEngine | Watch] = []
        self.findings = Findings()
        self.load_s = 0.0

    def measure(self) -> None:
        """Bring the contender up and put it under every phase of the plan.

        Raises:
            StartError, EngineError, DeathError: it failed.
        """
        plan, contender = self._shop.plan, self._contender
        # The engine loads its modules while the stack starts; but it must be told the right bodies, which the first
        # stack of all has yet to give.
        first = not self._shop.reference.known
        if first:
            contender.bring_up()
        engine = self._start_engine()
        if not first:
            contender.bring_up()
        contender.warm_up()
        engine.wait_ready(self._shop.listener.waiting)
        watch = self._start_watch(engine)
        self._shop.listener.stage("measure", contender.stack)
        others = OtherCpu(self._shop.cores.stack)
        others.start()
        began_s = time.time()
        spans = [self._run(engine, phase) for phase in plan.phases]
        ended_s, other_share = time.time(), others.share()
        contender.reached["measured_s"] = ended_s
        watched = watch.seen(began_s, ended_s, expected=int(sum(span.duration_s for span in spans) / watch.interval_s))
        recordings = {phase: recording for (_, phase), recording in engine.finish().items()}
        for phase, recording in recordings.items():
            contender.folder.write_recording(phase, recording)
        self.findings.watched = watched
        self.findings.evidence = gather(
            plan,
            spans,
            recordings,
            watched,
            engine_cores=len(self._shop.cores.engine),
            other_cpu_share=other_share,
        )

    def end(self) -> None:
        """End engine and monitor, wherever they are, and keep what they said."""
        for child in self._children:
            child.end()
            self._contender.folder.keep(child.log, self._contender.folder.logs / child.log.name)
        for job in self._private.glob("*.json"):
            self._contender.folder.keep(job, self._contender.folder.config / job.name)
        shutil.rmtree(self._private, ignore_errors=True)

    def _start_engine(self) -> LoadEngine:
        job = job_for(
            self._shop,
            [self._contender],
            {phase.name: phase.load for phase in self._shop.plan.phases},
            directory=self._private / "recordings",
            draw=f"{self._slot.block}/{self._slot.stack.label}",
        )
        engine = LoadEngine(self._shop.plan.engine, job, directory=self._private)
        self._children.append(engine)
        self.findings.commands["engine"] = engine.argv
        return engine

    def _start_watch(self, engine: LoadEngine) -> Watch:
        job = MonitorJob(
            output=str(self._contender.folder.monitor),
            interval_s=self._shop.plan.monitor_interval_s,
            trees=self._contender.trees | {"engine": (engine.pid,)},
            cores=self._shop.cores.engine,
        )
        watch = Watch(self._shop.plan.monitor, job, directory=self._private)
        self._children.append(watch)
        self.findings.commands["monitor"] = watch.argv
        return watch

    def _run(self, engine: LoadEngine, phase: Phase) -> Span:
        """One phase under load, with the stack's CPU read where the recorded part begins and ends."""
        cpu = TreeCpu(self._contender.trees)
        before = cpu.seconds()

        def on_measuring() -> None:
            nonlocal before
            before = cpu.seconds()

        load = RunLoad(
            target=self._contender.stack.label, phase=phase.name, duration_s=phase.duration_s, warmup_s=phase.warmup_s
        )
        began_s = time.monotonic()
        done = engine.run(
            load,
            ramp_s=phase.ramp_s,
            look=self._contender.look,
            on_progress=self._shop.listener.progress,
            on_measuring=on_measuring,
        )
        self.load_s += time.monotonic() - began_s
        span = Span(phase)
        span.add(done, before, cpu.seconds())
        return span
