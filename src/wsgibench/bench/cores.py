"""Which cores the stacks get, and which the load engine and the monitor."""

import os
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Cores:
    """Core numbers. With a single core both hold it, and nothing can be kept apart."""

    stack: tuple[int, ...]
    engine: tuple[int, ...]

    @property
    def by_role(self) -> dict[str, tuple[int, ...]]:
        """For the record."""
        return {"server": self.stack, "proxy": self.stack, "engine": self.engine, "monitor": self.engine}


def split_cores(available: Iterable[int], engine_processes: int = 1) -> Cores:
    """The engine gets the first cores, one for each process, but never more than half; the stack gets the others."""
    cores = tuple(sorted(available))
    if len(cores) < 2:
        return Cores(cores, cores)
    share = max(1, min(engine_processes, len(cores) // 2))
    return Cores(stack=cores[share:], engine=cores[:share])


def available_cores() -> set[int]:
    """The cores that this process may use."""
    return os.sched_getaffinity(0)
