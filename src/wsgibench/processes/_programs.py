"""supervisord in this process, with a word to the kernel before it starts a program."""

import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from typing import NoReturn

from supervisor.medusa import asyncore_25 as asyncore
from supervisor.options import ServerOptions
from supervisor.supervisord import Supervisor

from wsgibench.membership import MARK
from wsgibench.processes.cgroup import enter_cgroup
from wsgibench.processes.family import Family


class _Options(ServerOptions):  # type: ignore[misc]  # supervisor has no annotations
    """What supervisord asks of the system."""

    def __init__(self, family: Family) -> None:
        super().__init__()
        self._family = family
        self._cgroup = family.cgroup
        self._programs: set[int] = set()

    def setsignals(self) -> None:
        """Wait at once for orphans that have ended: supervisord does so once a second, for a hundred of them."""
        super().setsignals()

        def on_end(number: int, frame: object) -> None:
            self.signal_receiver.receive(number, frame)
            with contextlib.suppress(ChildProcessError):
                while (ended := self._ended()) is not None and ended not in self._programs:
                    os.waitpid(ended, os.WNOHANG)

        signal.signal(signal.SIGCHLD, on_end)

    def fork(self) -> int:
        """A process for a program, known as one before it can end."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        try:
            pid = os.fork()
            self._programs.add(pid)
            return pid
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})

    @staticmethod
    def _ended() -> int | None:
        """A child that nobody has waited for yet; a program is for supervisord to wait for."""
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return ended.si_pid if ended is not None else None

    def execve(self, filename: str, argv: Sequence[str], env: Mapping[str, str]) -> NoReturn:
        """Become a program, in a process that was forked for it."""
        name = env["SUPERVISOR_PROCESS_NAME"]
        if self._cgroup is not None:
            # Without one, it is still found by its mark.
            with contextlib.suppress(OSError):
                enter_cgroup(self._cgroup / name)
        super().execve(filename, argv, {**env, MARK: self._family.mark(name)})
        raise AssertionError


def supervise(arguments: Sequence[str], family: Family) -> None:
    """Returns when supervisord has stopped all programs."""
    options = _Options(family)
    options.realize(arguments, doc=__doc__)
    options.first, options.test = True, False
    with contextlib.suppress(asyncore.ExitNow):
        Supervisor(options).main()
    options.close_httpservers()
    options.close_logger()
