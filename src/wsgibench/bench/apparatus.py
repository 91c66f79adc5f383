"""What measures: one load engine and one monitor for the stacks that are up, and the clocks of their processors."""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from wsgibench.bench.engine_job import job_for
from wsgibench.bench.engine_process import EngineProcess
from wsgibench.bench.monitor_process import MonitorProcess
from wsgibench.bench.run_context import RunContext
from wsgibench.bench.running_stack import RunningStack
from wsgibench.model.load import Load
from wsgibench.model.monitor import MonitorJob


class Apparatus:
    """Made for these stacks; what it starts ends with it, and what that said is kept in each stack's folder.

    Attributes:
        private: a directory for it alone, gone at its end.
        commands: what it started, by role.
    """

    def __init__(self, context: RunContext, name: str) -> None:
        self.private = context.directory / name
        self.private.mkdir(mode=0o700)
        self.commands: dict[str, tuple[str, ...]] = {}
        self._context = context
        self._children: list[EngineProcess | MonitorProcess] = []

    def start_engine(
        self,
        running_stacks: Sequence[RunningStack],
        phases: Mapping[str, Load],
        *,
        draw: str,
        processes: int | None = None,
    ) -> EngineProcess:
        """The engine, told of the targets and loads; its random numbers follow from the plan's seed and ``draw``.

        With ``processes`` it has as many, whatever the plan says.
        """
        job = job_for(self._context, running_stacks, dict(phases), directory=self.private / "recordings", draw=draw)
        job = msgspec.structs.replace(job, processes=processes or job.processes)
        engine = self._context.parts.engine(self._context.plan.engine, job, directory=self.private)
        self._children.append(engine)
        self.commands["engine"] = engine.argv
        return engine

    def start_monitor(
        self, trees: Mapping[str, tuple[int, ...]], *, with_workers: Iterable[str] = ()
    ) -> MonitorProcess:
        """The monitor of these process trees; of some the root starts workers."""
        job = MonitorJob(
            output=str(self.private / "monitor-output.json"),
            interval_s=self._context.plan.monitor_interval_s,
            trees=dict(trees),
            with_workers=tuple(with_workers),
            cores=self._context.cores.engine,
        )
        monitor = self._context.parts.monitor(self._context.plan.monitor, job, directory=self.private)
        self._children.append(monitor)
        self.commands["monitor"] = monitor.argv
        return monitor

    def clocks(self, trees: Mapping[str, tuple[int, ...]]) -> Callable[..., dict[str, float]]:
        """CPU seconds by tree, of those named or of all, whenever it is called."""
        return self._context.host.cpu_clocks(trees)

    def end(self, running_stacks: Sequence[RunningStack]) -> None:
        """End all that was started."""
        for child in self._children:
            child.end()
        for running_stack in running_stacks:
            for child in self._children:
                running_stack.folder.keep(child.log, running_stack.folder.logs / child.log.name)
            for name, kept in (
                ("engine.json", running_stack.folder.config / "engine.json"),
                ("monitor-job.json", running_stack.folder.config / "monitor-job.json"),
                ("monitor-output.json", running_stack.folder.monitor),
            ):
                if (self.private / name).exists():
                    running_stack.folder.keep(self.private / name, kept)
        shutil.rmtree(self.private, ignore_errors=True)
