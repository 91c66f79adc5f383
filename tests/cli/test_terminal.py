"""What a run shows on a terminal, drawn by a real one (a pty)."""

import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from fcntl import ioctl
from pathlib import Path

import pytest

from support.command import APPS

ARGUMENTS = ("run", "gunicorn", "waitress", "--users", "20", "--duration", "3s", "--blocks", "1", "--warmup", "200ms")


def on_terminal(columns: int, *arguments: str) -> str:
    """All that the command writes to a terminal of that width."""
    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover  # the child becomes the command
        for name in ("NO_COLOR", "CI"):
            os.environ.pop(name, None)
        os.environ |= {"TERM": "xterm-256color", "COLUMNS": str(columns), "LINES": "24"}
        ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.execv(sys.executable, (sys.executable, "-m", "wsgibench", *arguments))  # noqa: S606
    said = b""
    end = time.monotonic() + 60
    try:
        while time.monotonic() < end:
            if select.select([terminal], [], [], 0.5)[0]:
                try:
                    said += os.read(terminal, 65536)
                except OSError:  # a terminal's way to say end of file
                    break
    finally:
        if os.waitpid(pid, os.WNOHANG) == (0, 0):
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)
        os.close(terminal)
    return said.decode(errors="replace")


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("columns", [60, 160])
def test_the_live_table_shows_how_it_goes(tmp_path: Path, columns: int) -> None:
    """Stage, figures and time left are drawn in place; then the table, in as many columns as fit."""
    said = on_terminal(columns, *ARGUMENTS, "--app", "hello:app", "--chdir", str(APPS), "--out", str(tmp_path))
    assert "Traceback" not in said
    assert "block 1 of at most 1" in said
    assert "at most" in said
    assert "measure" in said
    assert "requests/s" in said
    assert ("mean ms" in said) == (columns == 160)
