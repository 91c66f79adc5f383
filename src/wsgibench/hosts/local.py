"""This machine."""

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from wsgibench.model.address import Tcp
from wsgibench.monitors import OtherCpu, TreeCpu
from wsgibench.processes.liveness import Liveness
from wsgibench.processes.ports import free_ports
from wsgibench.processes.supervisor import Supervisor


class LocalHost:
    """Stacks on this machine, kept by a supervisord of their own; its files are in a private directory."""

    def __init__(self, directory: Path) -> None:
        self.supervisor = Supervisor(directory)

    def start(self, cores: Iterable[int], env: Mapping[str, str], *, timeout_s: float) -> None:
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
