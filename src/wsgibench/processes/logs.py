"""What a program said last."""

import re
from pathlib import Path

_TRACEBACK = "Traceback (most recent call last):"
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(: .*)?")
_UNTELLING = "gunicorn.errors.HaltServer"
"""gunicorn's own, when it ends because of what its worker has said before."""
_READ_BYTES = 256 << 10
_LINE_MOST = 300


def end_of(log: Path, most_bytes: int = _READ_BYTES) -> str:
    """The end of a log file; empty where it cannot be read."""
    try:
        with log.open("rb") as file:
            file.seek(max(log.stat().st_size - most_bytes, 0))
            return file.read().decode(errors="replace")
    except OSError:
        return ""


def tail(log: Path, lines: int) -> str:
    """The last lines of a log file; empty where it cannot be read."""
    return "\n".join(end_of(log, 400 * lines).splitlines()[-lines:])


def last_exception(text: str) -> str | None:
    """What the last traceback in the text ends with: ``RuntimeError: the table is missing``; None without one.

    Python's own tracebacks, as every server writes them: all between the first line and the exception is indented.
    What an exception says may hold any character; only a line feed ends its line.
    """
    for traceback in reversed(text.split(_TRACEBACK)[1:]):
        lines = (line.rstrip("\r") for line in traceback.split("\n")[1:] if line and not line[0].isspace())
        exception = next((line for line in lines if _EXCEPTION.fullmatch(line)), None)
        if exception is not None and not exception.startswith(_UNTELLING):
            return exception[:_LINE_MOST]
    return None
