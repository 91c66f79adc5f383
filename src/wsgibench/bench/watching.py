"""A monitor at work: a child process that writes samples to a file."""

import signal
import sys
from pathlib import Path

import msgspec

from wsgibench.errors import MissingError
from wsgibench.model.monitor import MonitorJob, Sample
from wsgibench.monitors import MONITORS
from wsgibench.processes.child import Child
from wsgibench.processes.programs import find_program

_GRACE_S = 2.0


class Watch:
    """A monitor's process, from its start to its samples."""

    def __init__(self, name: str, job: MonitorJob, *, directory: Path) -> None:
        self._monitor = MONITORS.get(name)
        if self._monitor.program is not None and find_program((self._monitor.program,)) is None:
            raise MissingError(
                f"The monitor '{name}' needs {self._monitor.program}, which is not on PATH.", "Use --monitor psutil."
            )
        path = directory / "monitor-job.json"
        path.write_bytes(msgspec.json.format(msgspec.json.encode(job)))
        self.argv = self._monitor.argv(sys.executable, job, str(path))
        self._job = job
        self._child = Child(self.argv, log=directory / "monitor.log")

    @property
    def log(self) -> Path:
        """What it says on stderr."""
        return self._child.log

    @property
    def died(self) -> bool:
        """Whether it has ended by itself."""
        return self._child.exit_code is not None

    def finish(self) -> tuple[list[Sample], list[str]]:
        """Its samples, and a warning for each thing that had to be tolerated in them; afterwards it has ended."""
        self._child.end(grace_s=_GRACE_S, stop_signal=getattr(signal, f"SIG{self._monitor.stop_signal}"))
        try:
            return self._monitor.parse(Path(self._job.output).read_bytes())
        except OSError as exc:
            return [], [f"The monitor wrote nothing: {exc.strerror}."]

    def end(self) -> None:
        """End it, wherever it is."""
        self._child.end()
