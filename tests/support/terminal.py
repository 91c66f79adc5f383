"""A command on a real terminal (a pty), and what stands on its screen."""

import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from fcntl import ioctl
from pathlib import Path
from typing import Self

import psutil
import pyte

from support.command import went_well

PLAIN_ENV = ("NO_COLOR", "CI", "COLUMNS", "LINES")


class Terminal:
    """Runs ``wsgibench`` on a terminal; ``stdout`` may go to a file instead. Ended when it is left.

    pyte stands in for the terminal that people look at: it knows the escape codes.
    """

    def __init__(
        self,
        *arguments: str,
        columns: int = 100,
        lines: int = 30,
        env: dict[str, str] | None = None,
        stdout: Path | None = None,
        stderr: Path | None = None,
    ) -> None:
        self.raw = b""
        self.status: int | None = None
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:  # pragma: no cover  # the child becomes the command
            for name in PLAIN_ENV:
                os.environ.pop(name, None)
                os.unsetenv(name)  # readline, which pytest imports, sets some behind Python's back
            os.environ |= {"TERM": "xterm-256color"} | (env or {})
            for descriptor, path in ((1, stdout), (2, stderr)):
                if path is not None:
                    os.dup2(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), descriptor)
            ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
            os.execv(sys.executable, (sys.executable, "-m", "wsgibench", *arguments))  # noqa: S606

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.status is None:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._terminal)

    @property
    def display(self) -> list[str]:
        """The lines of the screen, without what is blank at their ends."""
        return [line.rstrip() for line in self._screen.display]

    def resize(self, columns: int, lines: int) -> None:
        """As a window is pulled larger or smaller: the command is told by the system."""
        self._screen.resize(lines, columns)
        ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def wait_for_bytes(self, mark: bytes, times: int, within_s: float = 20.0) -> None:
        """Return when this has been written so many times more."""
        wanted = self.raw.count(mark) + times
        end = time.monotonic() + within_s
        while self.raw.count(mark) < wanted:
            assert time.monotonic() < end, "\n".join(self.display)
            assert self._read(), "\n".join(self.display)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._terminal, keys)

    def wait_for(self, *texts: str | re.Pattern[str], within_s: float = 60.0) -> None:
        """Return when all of these stand on the screen at once."""
        end = time.monotonic() + within_s
        patterns = [re.compile(re.escape(text)) if isinstance(text, str) else text for text in texts]
        while not all(any(map(pattern.search, self.display)) for pattern in patterns):
            assert time.monotonic() < end, f"{texts} not on the screen:\n" + "\n".join(self.display)
            assert self._read(), f"ended without {texts}:\n" + "\n".join(self.display)

    def wait(self, within_s: float = 60.0) -> int:
        """Its exit code, when it has ended and all that it wrote is read."""
        end = time.monotonic() + within_s
        while self._read():
            assert time.monotonic() < end, "\n".join(self.display)
        self.status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return self.status

    def went_well(self) -> bool:
        """Whether it ended as a run does that did all that it was to do."""
        return went_well(self.wait(), "\n".join(self.display))

    def wait_until_stopped(self, within_s: float = 10.0) -> None:
        """Return when the command is stopped, as by Ctrl-Z, and all that it wrote is read."""
        end = time.monotonic() + within_s
        while psutil.Process(self._pid).status() != psutil.STATUS_STOPPED:
            assert time.monotonic() < end
            self._read()
        while select.select([self._terminal], [], [], 0)[0]:
            self._read()

    def go_on(self) -> None:
        """As the shell's ``fg``."""
        os.kill(self._pid, signal.SIGCONT)

    def wait_for_file(self, folder: Path, pattern: str, within_s: float = 60.0) -> None:
        """Return when a run below the folder has such a file, without reading the terminal."""
        end = time.monotonic() + within_s
        while not list(folder.glob(f"*/{pattern}")):
            assert time.monotonic() < end, f"no {pattern}"
            time.sleep(0.1)

    def _read(self) -> bool:
        """Take what comes within a moment; false at the end."""
        if select.select([self._terminal], [], [], 0.2)[0]:
            try:
                data = os.read(self._terminal, 65_536)
            except OSError:  # a terminal's way to say end of file
                return False
            self.raw += data
            self._stream.feed(data)
        return True
