"""An engine process as a child of another, at the other ends of two pipes."""

import os
import signal
import traceback
from collections.abc import Callable, Sequence

import msgspec

from wsgibench.as_json import as_json
from wsgibench.model.engine import EngineCommand, EngineEvent, EngineJob

Say = Callable[[EngineEvent], None]
Work = Callable[[EngineJob, int, Say], int]
"""Does a job: the job, the file that commands come from, where events go; an exit code."""


def say_to(fd: int) -> Say:
    """A function that writes an event as a line."""

    def say(event: EngineEvent) -> None:
        data = as_json(event) + b"\n"
        while data:
            data = data[os.write(fd, data) :]

    return say


class Worker:
    """Ends when its commands' pipe closes: when it is told to, and when the process that made it dies."""

    def __init__(self, job: EngineJob, work: Work, others: Sequence["Worker"]) -> None:
        """Forks; ``others`` were made before."""
        commands, self._commands = os.pipe()
        self.events, events = os.pipe()
        self._rest = b""
        self._decoder = msgspec.json.Decoder(EngineEvent)
        self._code: int | None = None
        self._pid = os.fork()
        if self._pid:
            os.close(commands)
            os.close(events)
            return
        code = 1
        try:
            # An end that is open here would keep a pipe open when the process that should hold it alone has died.
            for fd in (0, 1, self._commands, self.events, *(fd for other in others for fd in other.ends())):
                os.close(fd)
            code = work(job, commands, say_to(events))
        except BaseException:  # noqa: BLE001  # beyond this there is nobody to tell, but the engine's log
            traceback.print_exc()
        finally:
            os._exit(code)

    def ends(self) -> tuple[int, int]:
        """The parent's ends of the pipes."""
        return self._commands, self.events

    def tell(self, command: EngineCommand) -> None:
        os.write(self._commands, as_json(command) + b"\n")

    def read(self) -> list[EngineEvent]:
        """The events that came, one at least; none where it has ended."""
        data = b""
        while b"\n" not in data:
            piece = os.read(self.events, 65536)
            if not piece:
                return []
            data += piece
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [self._decoder.decode(line) for line in lines]

    def end(self) -> None:
        """Make it end, and wait until it has."""
        for fd in self.ends():
            os.close(fd)
        self._wait()

    def how_it_ended(self) -> str:
        """``exit code 1``, ``SIGKILL``; waits until it has, which is soon where nothing can be read any more."""
        code = self._wait()
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"

    def _wait(self) -> int:
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return self._code
