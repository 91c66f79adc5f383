"""Children that are talked to in lines."""

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from wsgibench.processes.child import Child

ECHO = "import sys\nfor line in sys.stdin: print(line.strip()[::-1], flush=True)\nprint('bye', flush=True)"


def python(code: str, log: Path) -> Child:
    return Child((sys.executable, "-c", code), log=log)


def test_lines_go_both_ways(tmp_path: Path) -> None:
    child = python(ECHO, tmp_path / "log")
    assert child.send(b"abc")
    assert child.line(timeout_s=20) == b"cba"
    assert child.line(timeout_s=0.05) is None
    assert child.end(grace_s=20) == 0


def test_lines_that_came_at_once_are_told_apart(tmp_path: Path) -> None:
    child = python("print('one\\ntwo\\nthree')", tmp_path / "log")
    assert [child.line(timeout_s=20) for _ in range(3)] == [b"one", b"two", b"three"]
    with pytest.raises(EOFError):
        child.line(timeout_s=20)
    child.end()


def test_its_end_is_seen(tmp_path: Path) -> None:
    """A killed child is no silence: reading and sending both tell, and its log is there."""
    child = python(
        "import sys, time; print('dying', file=sys.stderr, flush=True); print(1, flush=True); time.sleep(60)",
        tmp_path / "log",
    )
    assert child.line(timeout_s=20) == b"1"
    os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(EOFError):
        child.line(timeout_s=20)
    assert child.exit_code == -signal.SIGKILL
    assert child.said() == "dying"
    assert not child.send(b"x")
    child.end()


def test_the_end_takes_grandchildren_along(tmp_path: Path) -> None:
    code = "import subprocess, time; print(subprocess.Popen(['sleep', '300']).pid, flush=True); time.sleep(300)"
    child = python(code, tmp_path / "log")
    grandchild = int(child.line(timeout_s=20) or 0)
    child.end()
    assert not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == psutil.STATUS_ZOMBIE
