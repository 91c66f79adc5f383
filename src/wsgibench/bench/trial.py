"""One trial on its own: its stack is up alone, and has an engine and a monitor for itself."""

import shutil
import time
import zlib

from wsgibench.bench.contender import Contender
from wsgibench.bench.evidence import Span, Watched, gather, machine_of, pss_bytes
from wsgibench.bench.gates import check_all
from wsgibench.bench.gates.evidence import Evidence
from wsgibench.bench.load_engine import LoadEngine
from wsgibench.bench.watching import Watch
from wsgibench.bench.workshop import Workshop
from wsgibench.errors import DeathError, EngineError, StartError, WsgibenchError
from wsgibench.model.engine import EngineJob, RunLoad, Target
from wsgibench.model.monitor import MonitorJob
from wsgibench.model.plan import Phase
from wsgibench.model.stack import Stack
from wsgibench.model.trial import GateResult, Trial
from wsgibench.monitors import TreeCpu
from wsgibench.runs.trial_folder import TrialFolder

_GATE_OF = {StartError: "start", EngineError: "engine", DeathError: "processes"}


def run_trial(
    workshop: Workshop, stack: Stack, *, number: int, block: int, position: int, folder: TrialFolder
) -> Trial:
    """The trial, done or failed, with all its files in the folder; nothing that it started is left.

    The caller writes the record, which makes it finished. An interrupt, or a folder that cannot be written, is
    raised: those are no faults of the trial.
    """
    contender = Contender(workshop, stack, number, folder)
    solo = _Solo(workshop, contender, seed=zlib.crc32(f"{workshop.plan.seed}/{block}/{stack.label}".encode()))
    error: WsgibenchError | None = None
    try:
        solo.measure()
    except (StartError, EngineError, DeathError) as exc:
        error = exc
    finally:
        solo.end()
        contender.put_away()
    watched = solo.watched
    return Trial(
        number=number,
        stack=stack,
        block=block,
        position=position,
        status="failed" if error else "done",
        times=contender.times,
        error=str(error) if error else None,
        phases={phase.name: phase.figures for phase in solo.evidence.phases} if solo.evidence and not error else {},
        gates=(_gate_of(error),) if error else check_all(solo.evidence) if solo.evidence else (),
        pss_bytes=pss_bytes(watched.samples) if watched else None,
        overhead_s=None if error else contender.reached["stopped_s"] - contender.reached["started_s"] - solo.load_s,
        cores=workshop.cores.by_role,
        commands=contender.commands | solo.commands,
        missing={} if watched and pss_bytes(watched.samples) else {"pss_bytes": "no sample has it"},
        machine=(machine_of(watched.samples) if watched else {}) | {"warm_share": contender.warm_share},
    )


class _Solo:
    """Engine and monitor for one contender."""

    def __init__(self, workshop: Workshop, contender: Contender, *, seed: int) -> None:
        self._shop = workshop
        self._contender = contender
        self._private = workshop.directory / "solo"
        self._private.mkdir(mode=0o700)
        self._seed = seed
        self._engine: LoadEngine | None = None
        self._watch: Watch | None = None
        self.load_s = 0.0
        self.watched: Watched | None = None
        self.evidence: Evidence | None = None
        self.commands: dict[str, tuple[str, ...]] = {}

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
        engine = self._engine = self._start_engine()
        if not first:
            contender.bring_up()
        contender.warm_up()
        engine.wait_ready()
        watch = self._watch = self._start_watch(engine)
        began_s = time.time()
        self._shop.listener.stage("measure")
        spans = [self._run(engine, phase) for phase in plan.phases]
        ended_s = contender.reached["measured_s"] = time.time()
        died = watch.died
        samples, warnings = watch.finish()
        recordings = {phase: recording for (_, phase), recording in engine.finish().items()}
        measured_s = sum(span.done.duration_s for span in spans)
        self.watched = Watched(
            samples=[sample for sample in samples if began_s <= sample.time_s <= ended_s],
            expected=int(measured_s / plan.monitor_interval_s),
            died=died,
            warnings=warnings,
        )
        for phase, recording in recordings.items():
            contender.folder.write_recording(phase, recording)
        self.evidence = gather(plan, spans, recordings, self.watched, engine_cores=len(self._shop.cores.engine))

    def end(self) -> None:
        """End engine and monitor, wherever they are, and keep what they said."""
        for child in (self._engine, self._watch):
            if child is not None:
                child.end()
                shutil.copyfile(child.log, self._contender.folder.logs / child.log.name)
        if self._private.joinpath("engine.json").exists():
            shutil.copyfile(self._private / "engine.json", self._contender.folder.config / "engine.json")
        shutil.rmtree(self._private, ignore_errors=True)

    def _start_engine(self) -> LoadEngine:
        plan = self._shop.plan
        job = EngineJob(
            targets=(Target(name=self._contender.stack.label, address=self._contender.address),),
            phases={phase.name: phase.load for phase in plan.phases},
            requests=plan.requests,
            directory=str(self._private / "recordings"),
            seed=self._seed,
            expected=self._shop.reference.expected,
            checked_share=plan.checked_share,
            cores=self._shop.cores.engine,
            processes=plan.engine_processes,
            remote_workers=plan.engine_remote_workers,
            options=plan.engine_options,
        )
        engine = LoadEngine(plan.engine, job, directory=self._private)
        self.commands["engine"] = engine.argv
        return engine

    def _start_watch(self, engine: LoadEngine) -> Watch:
        job = MonitorJob(
            output=str(self._contender.folder.monitor),
            interval_s=self._shop.plan.monitor_interval_s,
            trees=self._contender.trees | {"engine": (engine.pid,)},
            cores=self._shop.cores.engine,
        )
        watch = Watch(self._shop.plan.monitor, job, directory=self._private)
        self.commands["monitor"] = watch.argv
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
        after = cpu.seconds()
        self.load_s += time.monotonic() - began_s
        return Span(phase, done, before, after)


def _gate_of(error: WsgibenchError) -> GateResult:
    """A failure as a gate, so that reports have one place to look."""
    return GateResult(
        name=_GATE_OF[type(error)],
        passed=False,
        figure=None,
        threshold=None,
        unit="",
        cause=error.message,
        advice=error.hint,
    )
