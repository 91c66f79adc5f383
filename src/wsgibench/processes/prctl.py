"""What a process asks of the kernel about its relatives (prctl(2), Linux)."""

import ctypes
import os
import shutil
import signal
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_UNLESS_LATE = '[ "$PPID" = "$1" ] && shift && exec "$@"'
"""Whoever started it may have ended before the kernel was asked, and would never be missed."""


def adopt_orphans() -> None:
    """Make this process the parent of orphans below it, so that none gets out of sight; not for its children."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def tie_to(parent: int, number: signal.Signals) -> bool:
    """Whether its parent still lives; when that ends, however it ends, the kernel sends this process the signal."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
    return os.getppid() == parent


def tied(argv: Sequence[str]) -> tuple[str, ...]:
    """A command that the kernel kills when the thread that starts it ends; as it is where one of both is not there."""
    found = shutil.which("setpriv") and shutil.which(argv[0])
    tie = ("setpriv", "--pdeathsig", "KILL", "/bin/sh", "-c", _UNLESS_LATE, "sh", str(os.getpid()))
    return (*tie, *argv) if found else tuple(argv)
