"""Runs supervisord so that it ends with the process that started it: ``python -m ... PARENT_PID -c FILE -n``.

The kernel sends it SIGTERM when its parent dies, however that happens; then supervisord stops all that it started.
A parent pid of 0 leaves it running on its own.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie the process to its parent, then become supervisord."""
    parent = int(sys.argv.pop(1))
    if parent and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel was asked
            return
    from supervisor.supervisord import main as supervisord  # noqa: PLC0415  # not before the parent is watched

    supervisord(sys.argv[1:])


if __name__ == "__main__":
    main()
