"""A monitor at work: a child process that writes samples to a file."""

import signal
import sys
import time
from pathlib import Path

from wsgibench.analysis.gathering import MonitorData
from wsgibench.as_json import as_json
from wsgibench.model.monitor import MonitorJob
from wsgibench.monitors import MONITORS
from wsgibench.processes.child import Child

_GRACE_S = 2.0
_READY_S = 2.0
_LOOK_S = 0.01


class MonitorProcess:
    """A monitor's process, from its start to its samples."""

    def __init__(self, name: str, job: MonitorJob, *, directory: Path) -> None:
        self._monitor = MONITORS.get(name)
        path = directory / "monitor-job.json"
        path.write_bytes(as_json(job, indent=2))
        self.argv = self._monitor.argv(sys.executable, job, str(path))
        self._job = job
        self._child = Child(self.argv, log=directory / "monitor.log")

    @property
    def log(self) -> Path:
        """What it says on stderr."""
        return self._child.log

    @property
    def interval_s(self) -> float:
        """Seconds between its samples."""
        return self._job.interval_s

    def wait_ready(self) -> None:
        """Return when it has written something, has ended, or will not in time: what starts takes from what is loaded.

        A monitor that says nothing ends no run: what it did not see is missing in the end, and that is said.
        """
        until_s, output = time.monotonic() + _READY_S, Path(self._job.output)
        while self._child.exit_code is None and time.monotonic() < until_s:
            if output.exists() and output.stat().st_size:
                return
            time.sleep(_LOOK_S)

    def seen(self, began_s: float, ended_s: float, *, expected: int) -> MonitorData:
        """What it saw between two moments (seconds since the epoch), and as it ended, which it has afterwards."""
        died = self._child.exit_code is not None
        self._child.end(grace_s=_GRACE_S, stop_signal=getattr(signal, f"SIG{self._monitor.stop_signal}"))
        try:
            samples, warnings = self._monitor.parse(Path(self._job.output).read_bytes())
        except OSError as exc:
            samples, warnings = [], [f"The monitor wrote nothing: {exc.strerror}."]
        ended_s = max([ended_s, *(sample.time_s for sample in samples)])
        return MonitorData(
            samples=[sample for sample in samples if began_s <= sample.time_s <= ended_s],
            began_s=began_s,
            ended_s=ended_s,
            expected=expected,
            died=died,
            warnings=warnings,
        )

    def end(self) -> None:
        """End it, wherever it is."""
        self._child.end()
