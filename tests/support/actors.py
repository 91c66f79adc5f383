"""Process trees that do what they are told: ``tests/monitors/programs/actor.py``."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PROGRAM = Path(__file__).parent.parent / "monitors" / "programs" / "actor.py"
_DEADLINE_S = 20


class Actors:
    """A tree that began with one process, ``root``."""

    def __init__(self, stdout: int) -> None:
        self._stdout = stdout
        self._said: list[list[str]] = []
        self._rest = b""
        self.root = int(self._hear("ready"))

    def burn(self, pid: int) -> float:
        """Let it burn 0.2 s of CPU; all that it has used, by its own account."""
        os.kill(pid, signal.SIGUSR1)
        return float(self._hear("burnt"))

    def fork(self, pid: int) -> int:
        """Let it fork; the new process."""
        os.kill(pid, signal.SIGUSR2)
        child = int(self._hear("forked"))
        self._hear("born")
        return child

    def start(self, pid: int) -> int:
        """Let it start a command that takes an hour; the command's process."""
        os.kill(pid, signal.SIGWINCH)
        return int(self._hear("started"))

    def kill(self, pid: int, *, reaped: bool = True) -> None:
        """End it; returns when its parent has noticed, where that is one that does."""
        os.kill(pid, signal.SIGKILL)
        if reaped:
            self._hear("reaped")
        while not reaped and Path(f"/proc/{pid}").exists():
            select.select([], [], [], 0.001)

    def _hear(self, word: str) -> str:
        """What stands beside the word in the next line that begins with it."""
        while not (found := [words for words in self._said if words[0] == word]):
            assert select.select([self._stdout], [], [], _DEADLINE_S)[0], f"nobody said '{word}'"
            *lines, self._rest = (self._rest + os.read(self._stdout, 4096)).split(b"\n")
            self._said += [line.decode().split() for line in lines]
        self._said.remove(found[0])
        return found[0][1]


@contextmanager
def actors(*manners: str) -> Iterator[Actors]:
    """A tree with these manners, until the block is left."""
    with subprocess.Popen(
        [sys.executable, _PROGRAM, *manners], stdout=subprocess.PIPE, start_new_session=True, bufsize=0
    ) as child:
        try:
            assert child.stdout
            yield Actors(child.stdout.fileno())
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
