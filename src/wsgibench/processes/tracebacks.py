"""Tracebacks in logs that grow, each kind of them once."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_BEGIN = re.compile(r"(?P<before>.*?)Traceback \(most recent call last\):\s*$")
_READ_BYTES = 1 << 20
_LINES_MOST = 40
_LINE_MOST = 300
_KINDS_MOST = 20


class Tracebacks:
    """What programs say of exceptions, from the beginning of their logs on.

    A traceback counts as known where the same lines of code raised the same type. Of an app that fails in many ways
    twenty are told; the log has all.
    """

    def __init__(self, logs: Iterable[Path]) -> None:
        self._logs = [_GrowingLog(log) for log in logs]
        self._known: set[tuple[str, ...]] = set()

    def new(self) -> Iterator[str]:
        """Those that came since it was last asked, as they stand; what is very long is cut."""
        for log in self._logs:
            for lines in log.tracebacks():
                kind = (*(line for line in lines if line.startswith("  File ")), lines[-1].partition(":")[0])
                if kind not in self._known and len(self._known) < _KINDS_MOST:
                    self._known.add(kind)
                    yield "\n".join(map(_cut, [*lines[:1], *lines[1:][-_LINES_MOST:]]))


class _GrowingLog:
    """A log file, read as it grows; begun anew where its program's supervisor does."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = 0
        self._file = 0
        self._rest = b""
        self._open: list[str] = []

    def tracebacks(self) -> Iterator[list[str]]:
        """The lines of each that is complete since the last time."""
        for line in self._lines():
            if begin := _BEGIN.match(line):
                self._open = [line[len(begin["before"]) :]]
            elif self._open:
                self._open.append(line)
                if line and not line[0].isspace():
                    found, self._open = self._open, []
                    yield found
                elif len(self._open) > 50 * _LINES_MOST:
                    self._open = []

    def _lines(self) -> list[str]:
        """Those that came; of more than a mebibyte, the end."""
        try:
            status = self._path.stat()
            if status.st_ino != self._file or status.st_size < self._position:
                self._file, self._position, self._rest = status.st_ino, 0, b""
            begin = max(self._position, status.st_size - _READ_BYTES)
            with self._path.open("rb") as file:
                file.seek(begin)
                data = file.read(_READ_BYTES)
        except OSError:
            return []
        self._position = begin + len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._rest = self._rest[-_READ_BYTES:]
        return [line.decode(errors="replace").rstrip("\r") for line in lines]


def _cut(line: str) -> str:
    return f"{line[:_LINE_MOST]} ..." if len(line) > _LINE_MOST else line
