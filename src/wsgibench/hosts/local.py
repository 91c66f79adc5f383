"""This machine."""

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path

from wsgibench.model.address import Tcp
from wsgibench.model.program import Program
from wsgibench.monitors import OtherCpu, TreeCpu
from wsgibench.processes.liveness import Liveness
from wsgibench.processes.ports import free_ports
from wsgibench.processes.private_directory import write_private
from wsgibench.processes.supervisor import Supervisor
from wsgibench.processes.supervisord_client import ProgramStatus
from wsgibench.processes.workers import listening_children, sockets_of, threads_of


class LocalHost:
    """Stacks on this machine, kept by a supervisord of their own; its files are in a private directory."""

    def __init__(self, directory: Path) -> None:
        self.supervisor = Supervisor(directory)

    def start(self, cores: Iterable[int], env: Mapping[str, str] | None, *, timeout_s: float) -> None:
        """Make ready for stacks on these cores, whose programs inherit ``env`` and end with this process.

        Raises:
            StartError: supervisord does not start.
        """
        self.supervisor.start(attached=True, cores=cores, env=env, timeout_s=timeout_s)

    def start_again(self) -> None:
        """The same once more, where what keeps the stacks has ended; of those nothing is left.

        Raises:
            StartError: supervisord does not start.
        """
        self.supervisor.start_again()

    def stop(self) -> None:
        """Stop all; nothing that was started is left."""
        self.supervisor.stop()

    def pin(self, cores: Iterable[int]) -> None:
        """Keep what is started from now on to these cores."""
        self.supervisor.pin(cores)

    def write(self, path: Path, text: str) -> None:
        """Write a file that nobody else may read."""
        write_private(path, text.encode())

    def add(self, group: str, programs: Iterable[Program], *, restart: bool) -> None:
        """Start a group of programs; ``restart`` starts again those that end by themselves.

        Raises:
            StartError: they cannot be.
        """
        self.supervisor.add(group, programs, restart=restart)

    def remove(self, group: str, *, patience_s: float | None = None) -> None:
        """Stop a group; nothing of it is left. What has not ended by itself after ``patience_s`` is killed."""
        if patience_s is None:
            self.supervisor.remove(group)
        else:
            self.supervisor.remove(group, patience_s=patience_s)

    def status(self, group: str) -> list[ProgramStatus]:
        """The programs of a group; empty where what keeps them does not answer."""
        return [row for row in self.supervisor.status() if row.group == group]

    def log_of(self, group: str, program: str) -> Path:
        """What a program of a group says."""
        return self.supervisor.log_of(group, program)

    def last_words(self, group: str, program: str) -> str:
        """The last lines of a program that has ended."""
        return self.supervisor.last_words(group, program)

    def log_tail(self, lines: int) -> str:
        """The last lines of what keeps the programs."""
        return self.supervisor.log_tail(lines)

    def take_logs(self, group: str) -> Iterator[tuple[str, Path]]:
        """What the programs of a group said, by the program's name; gone when the next is asked for."""
        for log in (self.supervisor.directory / "logs").glob(f"{group}.*.log"):
            yield log.name.removeprefix(f"{group}.").removesuffix(".log"), log
            log.unlink()

    def remove_directory(self, directory: Path) -> None:
        """Remove it with all that is in it."""
        shutil.rmtree(directory, ignore_errors=True)

    def listening_children(self, pid: int) -> list[int]:
        """Those processes below this one that take connections."""
        return listening_children(pid)

    def threads_of(self, pid: int) -> int:
        """How many threads a process has."""
        return threads_of(pid)

    def sockets_of(self, pid: int) -> int:
        """How many connections a process holds."""
        return sockets_of(pid)

    @property
    def keeper(self) -> int:
        """The process without which all stacks are lost."""
        return self.supervisor.pid

    @property
    def has_ended(self) -> bool:
        """Whether that process has ended by itself."""
        return self.supervisor.has_ended

    def free_port(self, address: str, *, besides: Collection[Tcp] = ()) -> Tcp:
        """A port of that address on which nobody listens; none of ``besides``.

        Raises:
            MissingError: there is none.
        """
        return free_ports(1, address, besides=besides)[0]

    def cpu_clocks(self, trees: Mapping[str, tuple[int, ...]]) -> Callable[..., dict[str, float]]:
        """CPU seconds of process trees by name, of those named or of all, whenever it is called."""
        return TreeCpu(trees).seconds

    def other_cpu(self, cores: Collection[int]) -> OtherCpu:
        """What others use of these cores, once it is started."""
        return OtherCpu(cores)

    def liveness(self, pids: Iterable[int]) -> Liveness:
        """Tells which of these processes have ended."""
        return Liveness(pids)
