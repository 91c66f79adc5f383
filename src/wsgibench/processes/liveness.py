"""Whether processes live, asked of the kernel alone."""

import os
import select
import time
from collections.abc import Iterable
from typing import Self

from wsgibench.processes.tree import left_of, processes_of

_POLL_S = 0.5


class Liveness:
    """Watches processes by their descriptors: one system call tells whether any of them has ended, however many.

    Nobody else is woken for it, neither they nor the supervisord that keeps them. A descriptor of a process becomes
    readable when it ends, and never means another one (pidfd_open(2)). Where the kernel has none (before Linux 5.3, or
    in a sandbox that forbids it) processes are looked up in /proc.

    Attributes:
        checks: how often it was asked.
        cpu_s: CPU seconds of the thread that asked, for all of them.
    """

    def __init__(self, pids: Iterable[int]) -> None:
        self.checks = 0
        self.cpu_s = 0.0
        self._poll = select.poll()
        self._pids: dict[int, int] = {}
        self._looked_up: dict[int, float] = {}
        self._ended: set[int] = set()
        for pid in pids:
            self._add(pid)

    def ended(self) -> frozenset[int]:
        """The process ids of those that have ended."""
        began_s = time.thread_time()
        self._look(0.0)
        self.checks += 1
        self.cpu_s += time.thread_time() - began_s
        return frozenset(self._ended)

    def wait(self, within_s: float | None = None) -> bool:
        """Whether one of them has ended: returns when it has, or after about that time."""
        while not self._ended:
            self._look(_POLL_S if self._looked_up else within_s)
            if within_s is not None:
                break
        return bool(self._ended)

    def close(self) -> None:
        """Let go of all."""
        for descriptor in self._pids:
            os.close(descriptor)
        self._pids.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _add(self, pid: int) -> None:
        if pid <= 0:
            self._ended.add(pid)
            return
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            self._ended.add(pid)
        except OSError:
            self._looked_up |= {pid: processes_of([pid]).get(pid, 0.0)}
        else:
            self._pids[descriptor] = pid
            self._poll.register(descriptor, select.POLLIN)

    def _look(self, timeout_s: float | None) -> None:
        for descriptor, _ in self._poll.poll(None if timeout_s is None else timeout_s * 1e3):
            self._poll.unregister(descriptor)
            self._ended.add(self._pids[descriptor])
        if self._looked_up:
            self._ended |= self._looked_up.keys() - {process.pid for process in left_of(self._looked_up)}
