"""Runs supervisord so that nothing that it starts outlives it, and it not the process that started it.

``python -m wsgibench.processes._supervisord PARENT_PID ends|stays with|without -c FILE -n`` in its private directory.

The kernel tells it when its parent has ended, however that happened; then supervisord stops all that it started. One
that ``stays`` does so only while the file ``starting`` is there, and has a keeper: its parent from then on, which does
nothing but end what is left when supervisord is killed itself. Else that is for the process that started it.
"""

import os
import signal
import sys
from pathlib import Path

from wsgibench.processes.family import Family
from wsgibench.processes.prctl import adopt_orphans, tie_to
from wsgibench.processes.private_directory import STARTING
from wsgibench.processes.tree import end_processes, processes_of

_ASKED_TO_END = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_PARENT_HAS_ENDED = signal.SIGUSR1


def main() -> int:
    """Be supervisord, or its keeper; an exit code."""
    parent, stays, with_cgroups = int(sys.argv[1]), sys.argv[2] == "stays", sys.argv[3] == "with"
    if not tie_to(parent, _PARENT_HAS_ENDED if stays else signal.SIGTERM):
        return 0
    adopt_orphans()
    family = Family(Path.cwd())
    try:
        if with_cgroups:
            family.make_cgroup()
        if stays and (code := _keep(family)) is not None:
            return code
        from wsgibench.processes._programs import supervise  # noqa: PLC0415  # not before the parent is watched

        supervise(sys.argv[4:], family)
    finally:
        _leave_nothing(family)
    return 0


def _keep(family: Family) -> int | None:
    """Fork: in the parent the child's exit code, once it has ended; in the child None."""
    keeper = os.getpid()
    child = os.fork()
    if not child:
        adopt_orphans()
        if not tie_to(keeper, signal.SIGTERM):
            os._exit(0)
        return None

    def end(number: int, _frame: object) -> None:
        if number != _PARENT_HAS_ENDED or (family.directory / STARTING).exists():
            os.kill(child, signal.SIGTERM)

    for number in (*_ASKED_TO_END, _PARENT_HAS_ENDED):
        signal.signal(number, end)
    while True:
        pid, status = os.wait()
        if pid == child:
            return os.waitstatus_to_exitcode(status)


def _leave_nothing(family: Family) -> None:
    """Kill all that is below this process, and what is left in the cgroups."""
    below = processes_of([os.getpid()])
    del below[os.getpid()]
    end_processes(below)
    family.end()


if __name__ == "__main__":
    sys.exit(main())
