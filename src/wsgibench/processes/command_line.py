"""What other users of the machine see of this process: its command line (proc(5))."""

import contextlib
import ctypes
import os
import sys
from collections.abc import Callable
from pathlib import Path

_ARGUMENTS_BEGIN, _ARGUMENTS_END = 48 - 3, 49 - 3
"""Fields of ``/proc/PID/stat``, counted from the one behind the name."""


def conceal(hidden: Callable[[str], str]) -> None:
    """Let each argument of the command line be seen as ``hidden`` has it, cut to as many bytes.

    The kernel shows the very memory in which the arguments stand; ``sys.argv`` is a copy and stays. Until now they were
    to be seen: what must not be at all is given by ``wsgibench.toml`` or the shell's environment. Elsewhere than on
    Linux nothing is done.
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
        begin, end = int(fields[_ARGUMENTS_BEGIN]), int(fields[_ARGUMENTS_END])
        shown = Path("/proc/self/cmdline").read_bytes()
        if not begin or ctypes.string_at(begin, end - begin) != shown:
            return
        for argument in shown.split(b"\0"):
            instead = os.fsencode(hidden(os.fsdecode(argument)))
            if instead != argument:
                ctypes.memmove(begin, instead[: len(argument)].ljust(len(argument)), len(argument))
            begin += len(argument) + 1
