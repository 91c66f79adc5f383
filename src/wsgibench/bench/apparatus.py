"""What measures: one load engine and one monitor for the stacks that are up, and the clocks of their processors."""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from wsgibench.bench.contender import Contender
from wsgibench.bench.engine_job import job_for
from wsgibench.bench.load_engine import LoadEngine
from wsgibench.bench.watching import Watch
from wsgibench.bench.workshop import Workshop
from wsgibench.model.load import Load
from wsgibench.model.monitor import MonitorJob


class Apparatus:
    """Made for these stacks; what it starts ends with it, and what that said is kept in each stack's folder.

    Attributes:
        private: a directory for it alone, gone at its end.
        commands: what it started, by role.
    """

    def __init__(self, workshop: Workshop, name: str) -> None:
        self.private = workshop.directory / name
        self.private.mkdir(mode=0o700)
        self.commands: dict[str, tuple[str, ...]] = {}
        self._shop = workshop
        self._children: list[LoadEngine | Watch] = []

    def start_engine(
        self, contenders: Sequence[Contender], phases: Mapping[str, Load], *, draw: str, processes: int | None = None
    ) -> LoadEngine:
        """The engine, told of the targets and loads; its random numbers follow from the plan's seed and ``draw``.

        With ``processes`` it has as many, whatever the plan says.
        """
        job = job_for(self._shop, contenders, dict(phases), directory=self.private / "recordings", draw=draw)
        job = msgspec.structs.replace(job, processes=processes or job.processes)
        engine = self._shop.parts.engine(self._shop.plan.engine, job, directory=self.private)
        self._children.append(engine)
        self.commands["engine"] = engine.argv
        return engine

    def start_monitor(self, trees: Mapping[str, tuple[int, ...]], *, with_workers: Iterable[str] = ()) -> Watch:
        """The monitor of these process trees; of some the root starts workers."""
        job = MonitorJob(
            output=str(self.private / "monitor-output.json"),
            interval_s=self._shop.plan.monitor_interval_s,
            trees=dict(trees),
            with_workers=tuple(with_workers),
            cores=self._shop.cores.engine,
        )
        watch = self._shop.parts.monitor(self._shop.plan.monitor, job, directory=self.private)
        self._children.append(watch)
        self.commands["monitor"] = watch.argv
        return watch

    def clocks(self, trees: Mapping[str, tuple[int, ...]]) -> Callable[..., dict[str, float]]:
        """CPU seconds by tree, of those named or of all, whenever it is called."""
        return self._shop.host.cpu_clocks(trees)

    def end(self, contenders: Sequence[Contender]) -> None:
        """End all that was started."""
        for child in self._children:
            child.end()
        for contender in contenders:
            for child in self._children:
                contender.folder.keep(child.log, contender.folder.logs / child.log.name)
            for name, kept in (
                ("engine.json", contender.folder.config / "engine.json"),
                ("monitor-job.json", contender.folder.config / "monitor-job.json"),
                ("monitor-output.json", contender.folder.monitor),
            ):
                if (self.private / name).exists():
                    contender.folder.keep(self.private / name, kept)
        shutil.rmtree(self.private, ignore_errors=True)
