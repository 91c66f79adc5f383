"""What a program said last."""

import re
import shutil
from pathlib import Path

_TRACEBACK = "Traceback (most recent call last):"
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(: .*)?")
_UNTELLING = "gunicorn.errors.HaltServer"
"""gunicorn's own, when it ends because of what its worker has said before."""
_READ_BYTES = 256 << 10
_LINE_MOST = 300


def older_part(log: Path) -> Path:
    """Where supervisord puts what a program has said, when its log has grown too long; it keeps one such file."""
    return log.with_name(f"{log.name}.1")


def whole_log(log: Path) -> Path:
    """The file with all that is kept of a log whose program has ended: its older part first, where it has one."""
    older = older_part(log)
    if not older.exists():
        return log
    with older.open("ab") as file, log.open("rb") as newer:
        shutil.copyfileobj(newer, file)
    log.unlink()
    return older


def end_of(log: Path, most_bytes: int = _READ_BYTES) -> str:
    """The end of a log, also where its older part has it; empty where it cannot be read."""
    newer = _end_of_file(log, most_bytes)
    older = _end_of_file(older_part(log), most_bytes - len(newer)) if len(newer) < most_bytes else b""
    return (older + newer).decode(errors="replace")


def _end_of_file(path: Path, most_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(max(path.stat().st_size - most_bytes, 0))
            return file.read()
    except OSError:
        return b""


def tail(log: Path, lines: int) -> str:
    """The last lines of a log file; empty where it cannot be read."""
    return last_lines(end_of(log, 400 * lines), lines)


def lines_of(text: str) -> list[str]:
    """The lines of what a program said. Only a line feed ends one: what is said may hold any other character."""
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")] if text else []


def last_lines(text: str, lines: int) -> str:
    """The last lines of what a program said, but for blank ones at its end."""
    return "\n".join(lines_of(text.rstrip())[-lines:])


def last_exception(text: str) -> str | None:
    """What the last traceback in the text ends with: ``RuntimeError: the table is missing``; None without one.

    Python's own tracebacks, as every server writes them: all between the first line and the exception is indented.
    """
    for traceback in reversed(text.split(_TRACEBACK)[1:]):
        lines = (line for line in lines_of(traceback)[1:] if line and not line[0].isspace())
        exception = next((line for line in lines if _EXCEPTION.fullmatch(line)), None)
        if exception is not None and not exception.startswith(_UNTELLING):
            return exception[:_LINE_MOST]
    return None
