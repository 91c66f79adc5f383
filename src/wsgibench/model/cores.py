"""Which cores of the machine are whose."""

from wsgibench.model.record import Record


class Cores(Record, frozen=True, kw_only=True):
    """Core numbers. Where stack and engine have cores in common, these are shared, else they are apart.

    Attributes:
        stack: what server and proxy may use.
        engine: what the load engine and the monitor may use.
        available: how many there were to choose from.
        asked: whether the user decided; else it was ``auto``, and may change when the app turns out to be light.
        why: a sentence, where ``auto`` changed its mind.
    """

    stack: tuple[int, ...]
    engine: tuple[int, ...]
    available: int = 0
    asked: bool = False
    why: str = ""

    @property
    def shared(self) -> tuple[int, ...]:
        """Those that stack and engine have in common."""
        return tuple(core for core in self.stack if core in self.engine)

    @property
    def by_role(self) -> dict[str, tuple[int, ...]]:
        """For the record of a trial."""
        return {"server": self.stack, "proxy": self.stack, "engine": self.engine, "monitor": self.engine}


def engine_share(
    engine_cpu_s: float, duration_s: float, shared_cores: int, *, connects: int = 0, connection_cpu_s: float = 0.0
) -> float:
    """What part of the shared cores the engine took in that time; 0 where none are shared.

    What the kernel does to open connections is not counted: every client pays it, and over loopback it holds the
    server's part.
    """
    if not shared_cores or duration_s <= 0:
        return 0.0
    return max(engine_cpu_s - connects * connection_cpu_s, 0.0) / (shared_cores * duration_s)
