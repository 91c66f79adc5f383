"""A load engine as the bench runs it: a child process, JSON lines both ways."""

import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from wsgibench.engines import ENGINES
from wsgibench.model.address import Tcp
from wsgibench.model.engine import (
    EngineCommand,
    EngineEvent,
    EngineJob,
    Failed,
    Finish,
    LoadDone,
    Ready,
    RunLoad,
    Target,
    Written,
)
from wsgibench.model.load import Connections, Load, Rate, Requests, Users
from wsgibench.model.recording import OUTCOMES, Recording

SMALL_LOADS: dict[str, Load] = {
    "users": Users(count=5, spawn_rate_per_s=100, wait_min_s=0.08, wait_max_s=0.12),
    "rate": Rate(start_per_s=50, end_per_s=50),
    "connections": Connections(count=2),
}
"""About 50 requests a second against a quick server; as many as there is time for with ``connections``."""


def job_for(port: int, directory: Path, load: Load = SMALL_LOADS["users"], **fields) -> EngineJob:
    """A job for one target ``stack`` on loopback and one phase ``steady``."""
    given = {
        "targets": (Target(name="stack", address=Tcp(port=port)),),
        "phases": {"steady": load},
        "requests": Requests(paths=("/",), timeout_s=2.0),
        "directory": str(directory),
        "seed": 7,
    }
    return EngineJob(**{**given, **fields})


class EngineChild:
    """A running engine; all that it said is in ``events``."""

    def __init__(self, process: subprocess.Popen, log: Path) -> None:
        self.process = process
        self.events: list[EngineEvent] = []
        self.log = log
        self._rest = b""

    def tell(self, command: EngineCommand) -> None:
        self.process.stdin.write(msgspec.json.encode(command) + b"\n")
        self.process.stdin.flush()

    def wait_for(self, *kinds, deadline_s: float = 20.0):
        """The next event of one of these kinds."""
        limit = time.monotonic() + deadline_s
        while True:
            while b"\n" not in self._rest:
                left = limit - time.monotonic()
                assert left > 0, f"no {kinds} in {deadline_s} s, but {self.events}\n{self.log.read_text()}"
                if select.select([self.process.stdout], [], [], left)[0]:
                    data = self.process.stdout.read1(65536)
                    assert data, f"ended without {kinds} after {self.events}\n{self.log.read_text()}"
                    self._rest += data
            line, _, self._rest = self._rest.partition(b"\n")
            event = msgspec.json.decode(line, type=EngineEvent)
            self.events.append(event)
            if isinstance(event, kinds):
                return event
            assert not isinstance(event, Failed), event

    def run(self, duration_s: float = 1.0, warmup_s: float = 0.0, deadline_s: float = 20.0) -> LoadDone:
        """Ready, one load, and how it went."""
        self.wait_for(Ready)
        self.tell(RunLoad(target="stack", phase="steady", duration_s=duration_s, warmup_s=warmup_s))
        return self.wait_for(LoadDone, deadline_s=deadline_s)

    def finish(self, directory: Path) -> Recording:
        """Finish, and what was written."""
        self.tell(Finish())
        assert self.wait_for(Written).files == ("stack/steady.npz",)
        assert self.process.wait(10) == 0, f"{self.process.stdout.read()}\n{self.log.read_text()}"
        return Recording.from_bytes((directory / "stack/steady.npz").read_bytes())


@contextmanager
def engine_child(name: str, job: EngineJob, prefix: tuple[str, ...] = ()) -> Iterator[EngineChild]:
    """The engine of that name with a job, started through the command ``prefix``; ended with the block."""
    directory = Path(job.directory)
    job_file, log = directory / "job.json", directory / "engine.log"
    job_file.write_bytes(msgspec.json.encode(job))
    with (
        log.open("wb") as stderr,
        subprocess.Popen(
            (*prefix, *ENGINES.get(name).argv(sys.executable, str(job_file))),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
        ) as process,
    ):
        try:
            yield EngineChild(process, log)
        finally:
            process.kill()


def outcomes_of(recording: Recording) -> dict[str, int]:
    """How many requests ended how; zeros left out."""
    totals = recording.outcomes.totals(len(OUTCOMES))
    return {name: int(number) for name, number in zip(OUTCOMES, totals, strict=True) if number}
