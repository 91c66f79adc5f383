"""This machine."""

import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from wsgibench.model.address import Tcp
from wsgibench.model.program import Program
from wsgibench.monitors import OtherCpu, TreeCpu
from wsgibench.processes.liveness import Liveness
from wsgibench.processes.logs import end_of, whole_log
from wsgibench.processes.ports import free_ports
from wsgibench.processes.private_directory import write_private
from wsgibench.processes.programs import output_of
from wsgibench.processes.supervisor import Supervisor
from wsgibench.processes.supervisord_client import ProgramStatus
from wsgibench.processes.tree import processes_of
from wsgibench.processes.workers import listening_children, listening_ports, sockets_of, threads_of


class LocalHost:
    """Stacks on this machine, kept by a supervisord of their own; its files are in a private directory.

    What each method does is said at ``Host``.
    """

    def __init__(self, directory: Path) -> None:
        self.supervisor = Supervisor(directory)

    @property
    def keeper(self) -> int:
        return self.supervisor.pid

    @property
    def has_ended(self) -> bool:
        return self.supervisor.has_ended

    @property
    def cores(self) -> frozenset[int]:
        return frozenset(os.sched_getaffinity(0))

    def start(self, cores: Iterable[int], env: Mapping[str, str] | None, *, timeout_s: float) -> None:
        self.supervisor.start(attached=True, cores=cores, env=env, timeout_s=timeout_s)

    def start_again(self) -> None:
        self.supervisor.start_again()

    def stop(self) -> None:
        self.supervisor.stop()

    def pin(self, cores: Iterable[int]) -> None:
        self.supervisor.pin(cores)

    def make_directory(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, path: Path, text: str) -> None:
        write_private(path, text.encode())

    def remove_directory(self, directory: Path) -> None:
        shutil.rmtree(directory, ignore_errors=True)

    def output_of(
        self,
        argv: Sequence[str],
        *,
        timeout_s: float,
        directory: str | None,
        env: Iterable[tuple[str, str]],
        inherited: Mapping[str, str],
    ) -> tuple[int | None, str]:
        return output_of(argv, timeout_s=timeout_s, directory=directory, env=env, inherited=inherited)

    def add(self, group: str, programs: Iterable[Program], *, restart: bool) -> None:
        self.supervisor.add(group, programs, restart=restart)

    def ask_to_end(self, group: str) -> None:
        self.supervisor.ask_to_end(group)

    def remove(self, group: str, *, patience_s: float | None = None) -> None:
        if patience_s is None:
            self.supervisor.remove(group)
        else:
            self.supervisor.remove(group, patience_s=patience_s)

    def status(self, group: str) -> list[ProgramStatus]:
        return [row for row in self.supervisor.status() if row.group == group]

    def end_of_log(self, group: str, program: str) -> str:
        return end_of(self.supervisor.log_of(group, program))

    def last_words(self, group: str, program: str) -> str:
        return self.supervisor.last_words(group, program)

    def log_tail(self, lines: int) -> str:
        return self.supervisor.log_tail(lines)

    def take_logs(self, group: str) -> Iterator[tuple[str, Path]]:
        for log in (self.supervisor.directory / "logs").glob(f"{group}.*.log"):
            whole = whole_log(log)
            yield log.name.removeprefix(f"{group}.").removesuffix(".log"), whole
            whole.unlink()

    def listening_children(self, pid: int) -> list[int]:
        return listening_children(pid)

    def listening_ports(self, pids: Iterable[int]) -> set[int]:
        return listening_ports(processes_of(pids))

    def threads_of(self, pid: int) -> int:
        return threads_of(pid)

    def sockets_of(self, pid: int) -> int:
        return sockets_of(pid)

    def free_port(self, address: str, *, besides: Collection[Tcp] = ()) -> Tcp:
        return free_ports(1, address, besides=besides)[0]

    def cpu_clocks(self, trees: Mapping[str, tuple[int, ...]]) -> Callable[..., dict[str, float]]:
        return TreeCpu(trees).seconds

    def other_cpu(self, cores: Collection[int]) -> OtherCpu:
        return OtherCpu(cores)

    def liveness(self, pids: Iterable[int]) -> Liveness:
        return Liveness(pids)
