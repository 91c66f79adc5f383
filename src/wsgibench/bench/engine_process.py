"""A load engine at work: a child process, told what to do and listened to."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from wsgibench.as_json import as_json
from wsgibench.engines import ENGINES
from wsgibench.errors import EngineError
from wsgibench.model.answer_table import Answers
from wsgibench.model.engine import (
    EngineEvent,
    EngineJob,
    Failed,
    Finish,
    LoadDone,
    Measuring,
    Progress,
    Ready,
    RunLoad,
    Waiting,
    Written,
)
from wsgibench.model.recording import Recording
from wsgibench.processes.child import Child
from wsgibench.processes.private_directory import write_private
from wsgibench.processes.scheduling import run_soon

_READY_S = 15.0
_WRITTEN_S = 60.0
_LOOK_S = 0.25
_SLACK_S = 15.0
"""What an engine may need beside the load and its drain before we say that it hangs."""


class EngineProcess:
    """An engine's process, from its start to its recordings.

    Attributes:
        answers: what each target answered to each path, once it has finished.
    """

    def __init__(self, name: str, job: EngineJob, *, directory: Path) -> None:
        engine = ENGINES.get(name)
        self.name = name
        self.job = job
        self.version = ""
        self.answers: dict[str, Answers] = {}
        path = directory / "engine.json"
        # Headers and bodies may hold secrets.
        write_private(path, as_json(job, indent=2))
        self.argv = engine.argv(sys.executable, str(path))
        self._child = Child(self.argv, log=directory / "engine.log")
        # On cores that it shares with a stack it must be awake when an answer comes, and not a tick later.
        run_soon(self._child.pid)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._child.pid

    @property
    def log(self) -> Path:
        """What it says on stderr."""
        return self._child.log

    def wait_ready(self, on_waiting: Callable[[Waiting], None] = lambda _: None) -> None:
        """Return when it awaits commands.

        Raises:
            EngineError: it does not, in time.
        """
        deadline = _READY_S + (self.job.remote_deadline_s if self.job.remote_workers else 0)
        for event in self._events(deadline, lambda: None):
            if isinstance(event, Waiting):
                on_waiting(event)
            if isinstance(event, Ready):
                self.version = event.version
                return

    def run(
        self,
        load: RunLoad,
        *,
        ramp_s: float,
        check: Callable[[], None],
        on_progress: Callable[[Progress], None] = lambda _: None,
        on_measuring: Callable[[], None] = lambda: None,
    ) -> LoadDone:
        """Send a load; ``check`` is called several times a second and may raise.

        Raises:
            EngineError: the engine failed, died or hangs.
        """
        self._send(load)
        # Patience may be needed twice, to begin the record and to end it; what waits then has its time-out, twice.
        patience_s = 2 * load.patience_s + 2 * self.job.requests.timeout_s
        deadline = ramp_s + load.warmup_s + load.duration_s + patience_s + _SLACK_S
        for event in self._events(deadline, check):
            match event:
                case Progress():
                    on_progress(event)
                case Measuring():
                    on_measuring()
                case LoadDone():
                    return event
        raise EngineError(f"The engine '{self.name}' ended before its load.", self._child.said())

    def finish(self) -> dict[tuple[str, str], Recording]:
        """Its recordings by target and phase; afterwards it has ended.

        Raises:
            EngineError: it failed, or what it wrote is damaged.
        """
        self._send(Finish())
        for event in self._events(_WRITTEN_S, lambda: None):
            if isinstance(event, Written):
                self._child.end(grace_s=2.0)
                self.answers = {Path(name).parent.name: self._answers(name) for name in event.answers}
                return {self._key(name): self._recording(name) for name in event.files}
        raise EngineError(f"The engine '{self.name}' ended without its recordings.", self._child.said())

    def end(self) -> None:
        """End it, wherever it is."""
        self._child.end()

    def _key(self, file: str) -> tuple[str, str]:
        target, phase = Path(file).parent.name, Path(file).stem
        return target, phase

    def _recording(self, file: str) -> Recording:
        path = Path(self.job.directory) / file
        try:
            return Recording.from_bytes(path.read_bytes())
        except (OSError, ValueError) as exc:
            raise EngineError(f"The recording '{path}' cannot be read: {exc}.", self._child.said()) from exc

    def _answers(self, file: str) -> Answers:
        path = Path(self.job.directory) / file
        try:
            return Answers.from_bytes(path.read_bytes())
        except (OSError, ValueError) as exc:
            raise EngineError(f"What was answered, '{path}', cannot be read: {exc}.", self._child.said()) from exc

    def _send(self, command: RunLoad | Finish) -> None:
        if not self._child.send(as_json(command)):
            raise EngineError(f"The engine '{self.name}' has ended ({self._ending()}).", self._child.said())

    def _ending(self) -> str:
        code = self._child.exit_code
        if code is None:
            return "its output is closed"
        return f"by signal {-code}" if code < 0 else f"exit code {code}"

    def _events(self, deadline_s: float, check: Callable[[], None]) -> Iterator[EngineEvent]:
        """Events as they come, until the deadline.

        Raises:
            EngineError: it says so itself, ends, or nothing conclusive comes in time.
        """
        end = time.monotonic() + deadline_s
        while time.monotonic() < end:
            try:
                line = self._child.line(timeout_s=_LOOK_S)
            except EOFError:
                raise EngineError(
                    f"The engine '{self.name}' has ended ({self._ending()}).", self._child.said()
                ) from None
            check()
            if line is None:
                continue
            try:
                event = msgspec.json.decode(line, type=EngineEvent)
            except msgspec.MsgspecError as exc:
                raise EngineError(
                    f"The engine '{self.name}' says {line[:200]!r}, which is no event.", str(exc)
                ) from exc
            if isinstance(event, Failed):
                raise EngineError(event.message, event.hint)
            yield event
        raise EngineError(f"The engine '{self.name}' hangs: nothing for {deadline_s:.0f} s.", self._child.said())
