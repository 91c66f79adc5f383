"""A child process that is talked to in lines: load engines and monitors."""

import contextlib
import selectors
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from wsgibench.processes.logs import tail
from wsgibench.processes.prctl import tied
from wsgibench.processes.tree import end_processes, orphans_of, processes_of

_CHUNK = 65_536
_ENDING_S = 0.5
"""Between a process's last word and its exit code."""


class Child:
    """A process with our pipe as its stdin, so that it learns of our end, and a log file as its stderr.

    Where it is Python's, ``-P`` keeps the working directory off its import path: that may be a project, whose
    calendar.py and selectors.py are not Python's. It has a session of its own: Ctrl-C in the terminal reaches us alone,
    and we end it in good order. The kernel ends it with us, as not every program minds its stdin.
    """

    def __init__(self, argv: Sequence[str], *, log: Path) -> None:
        self.log = log
        with log.open("ab") as stderr:
            self._process = subprocess.Popen(
                tied(argv), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, start_new_session=True
            )
        self._received = bytearray()
        self._selector = selectors.DefaultSelector()
        assert self._process.stdout is not None  # noqa: S101  # PIPE was asked for
        self._stdout = self._process.stdout
        self._selector.register(self._stdout, selectors.EVENT_READ)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for the signal that ended it."""
        return self._process.poll()

    def said(self) -> str:
        """The last lines of its log."""
        return tail(self.log, 8)

    def send(self, line: bytes) -> bool:
        """Whether the line could be sent; not if it has ended."""
        assert self._process.stdin is not None  # noqa: S101  # PIPE was asked for
        try:
            self._process.stdin.write(line + b"\n")
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            return False
        return True

    def line(self, *, timeout_s: float) -> bytes | None:
        """The next line that it says; None when none came in time, or it has ended.

        Raises:
            EOFError: it has closed its stdout and nothing is left to read.
        """
        end = time.monotonic() + timeout_s
        while b"\n" not in self._received:
            if not self._selector.select(max(end - time.monotonic(), 0)):
                return None
            chunk = self._stdout.read1(_CHUNK)  # type: ignore[attr-defined]  # a BufferedReader, as bufsize is not 0
            if not chunk:
                # A killed process closes its files a moment before it can be waited for.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(_ENDING_S)
                raise EOFError
            self._received += chunk
        line, _, rest = bytes(self._received).partition(b"\n")
        self._received = bytearray(rest)
        return line

    def end(self, *, grace_s: float = 0.0, stop_signal: int | None = None) -> int:
        """End it and all that it started; its exit code. ``grace_s`` is what it may take after its stdin closes."""
        family = processes_of([self._process.pid, *orphans_of(self._process.pid)])
        assert self._process.stdin is not None  # noqa: S101  # PIPE was asked for
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        if stop_signal is not None and self._process.poll() is None:
            self._process.send_signal(stop_signal)
        if grace_s:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(grace_s)
        end_processes(family)
        self._selector.close()
        self._stdout.close()
        return self._process.wait()
