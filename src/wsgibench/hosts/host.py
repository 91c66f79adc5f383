"""What is asked of a machine where stacks run."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, Self

from wsgibench.model.address import Tcp
from wsgibench.model.program import Program
from wsgibench.processes.supervisord_client import ProgramStatus


class Liveness(Protocol):
    """Tells which of some processes have ended.

    Attributes:
        checks: how often it was asked.
        cpu_s: CPU seconds of the thread that asked, for all of them.
    """

    checks: int
    cpu_s: float

    def ended(self) -> frozenset[int]:
        """The process ids of those that have ended."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class OtherUse(Protocol):
    """What processes that are not ours use of some cores."""

    def start(self) -> None:
        """Begin to look."""

    def share(self) -> float | None:
        """Of all the time of these cores since the start; None where it cannot be told."""


class Host(Protocol):
    """A machine with stacks on it, each a group of programs; paths are such of that machine."""

    @property
    def keeper(self) -> int:
        """The process without which all stacks are lost."""

    @property
    def has_ended(self) -> bool:
        """Whether that process has ended by itself."""

    @property
    def cores(self) -> frozenset[int]:
        """Those that programs may use if they are not pinned to fewer."""

    def start(self, cores: Iterable[int], env: Mapping[str, str] | None, *, timeout_s: float) -> None:
        """Make ready for stacks on these cores, whose programs inherit ``env`` and end with this process.

        Raises:
            StartError: what keeps programs does not start.
        """

    def start_again(self) -> None:
        """The same once more, where what keeps the stacks has ended; of those nothing is left.

        Raises:
            StartError: what keeps programs does not start.
        """

    def stop(self) -> None:
        """Stop all; nothing that was started is left."""

    def pin(self, cores: Iterable[int]) -> None:
        """Keep what is started from now on to these cores."""

    def make_directory(self, directory: Path) -> None:
        """Make one that nobody else may enter, unless it is there."""

    def write(self, path: Path, text: str) -> None:
        """Write a file that nobody else may read."""

    def remove_directory(self, directory: Path) -> None:
        """Remove it with all that is in it."""

    def output_of(
        self,
        argv: Sequence[str],
        *,
        timeout_s: float,
        directory: str | None,
        env: Iterable[tuple[str, str]],
        inherited: Mapping[str, str],
    ) -> tuple[int | None, str]:
        """Exit code and all that a short command says; the code is None where it did not end in time or did not start.

        Its environment is ``inherited`` with ``env`` on top. Nothing that it started is left.
        """

    def add(self, group: str, programs: Iterable[Program], *, restart: bool) -> None:
        """Start a group of programs; ``restart`` starts again those that end by themselves.

        Raises:
            StartError: they cannot be.
        """

    def ask_to_end(self, group: str) -> None:
        """Have a group end in good order, and do not wait for it."""

    def remove(self, group: str, *, patience_s: float | None = None) -> None:
        """Stop a group; nothing of it is left. What has not ended by itself after ``patience_s`` is killed."""

    def status(self, group: str) -> list[ProgramStatus]:
        """The programs of a group; empty where what keeps them does not answer."""

    def end_of_log(self, group: str, program: str) -> str:
        """The end, up to 256 KiB, of what a program of a group has said; empty where it has said nothing."""

    def last_words(self, group: str, program: str) -> str:
        """The last lines of a program that has ended."""

    def log_tail(self, lines: int) -> str:
        """The last lines of what keeps the programs."""

    def take_logs(self, group: str) -> Iterator[tuple[str, Path]]:
        """What the programs of a group said, by the program's name, as files here; gone when the next is asked for."""

    def listening_children(self, pid: int) -> list[int]:
        """Those processes below this one that take connections."""

    def listening_ports(self, pids: Iterable[int]) -> set[int]:
        """The TCP ports where any of these processes listens, or one below them."""

    def threads_of(self, pid: int) -> int:
        """How many threads a process has; 0 where it has ended."""

    def sockets_of(self, pid: int) -> int:
        """How many sockets a process has open; 0 where it has ended."""

    def free_port(self, address: str, *, besides: Collection[Tcp] = ()) -> Tcp:
        """A port of that address on which nobody listens; none of ``besides``.

        Raises:
            MissingError: there is none.
        """

    def cpu_clocks(self, trees: Mapping[str, tuple[int, ...]]) -> Callable[..., dict[str, float]]:
        """CPU seconds of process trees by name, of those named or of all, whenever it is called."""

    def other_cpu(self, cores: Collection[int]) -> OtherUse:
        """What others use of these cores, once it is started."""

    def liveness(self, pids: Iterable[int]) -> Liveness:
        """Tells which of these processes have ended."""
