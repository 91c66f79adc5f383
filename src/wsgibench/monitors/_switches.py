"""How often the threads of a process tree were given a core."""

import os
from collections.abc import Iterable
from pathlib import Path


class Switches:
    """Counts on for a tree, whoever ends; never falling.

    The kernel counts for each thread how often it was scheduled (``/proc/PID/task/TID/schedstat``, its third figure).
    What a thread did after the last look, or one that came and went between two, is not in it.
    """

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._count: int | None = 0

    def update(self, pids: Iterable[int]) -> int | None:
        """The count since these threads began; None for good where the kernel does not tell."""
        now = {task: count for pid in pids for task, count in _counts(pid)}
        if None in now.values():
            self._count = None
        if self._count is None:
            return None
        for task, count in now.items():
            before = self._seen.get(task, 0)
            # One that counts less is another, which was given the same number.
            self._count += (count or 0) - (before if before <= (count or 0) else 0)
        self._seen = {task: count or 0 for task, count in now.items()}
        return self._count


def _counts(pid: int) -> Iterable[tuple[str, int | None]]:
    """By thread; nothing of what has ended."""
    try:
        tasks = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - counts without path objects
    except OSError:
        return
    for task in tasks:
        try:
            yield task, int(Path(f"/proc/{pid}/task/{task}/schedstat").read_bytes().split()[2])
        except FileNotFoundError:
            if Path(f"/proc/{pid}/task/{task}").exists():
                yield task, None
        except (OSError, ValueError, IndexError):
            continue
