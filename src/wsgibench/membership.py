"""Which program of ours a process belongs to, however often it has forked: by its cgroup, or a mark in its environment.

Cgroups (cgroups(7), version 2) know all that a program started, also what has ended; but not everybody may make some.
The environment is passed on to children, and kept by those whose parents have ended (proc(5)).
"""

import contextlib
import functools
import os
from pathlib import Path

MARK = "WSGIBENCH_FAMILY"
"""Name in the environment of all that a program of ours starts; the value is the same for one program alone."""
_PREFIX = "wsgibench-"


def family_cgroup_name(directory: Path) -> str:
    """A name for the cgroup of all programs whose files are in ``directory``, each in a cgroup of its own below."""
    return f"{_PREFIX}{os.getpid()}-{directory.name}"


def is_family_cgroup(path: Path) -> bool:
    """Whether the name is one of ours."""
    return path.name.startswith(_PREFIX)


def cgroup_of(pid: int) -> Path | None:
    """The directory of its cgroup; None where it has ended, and where there are no cgroups of version 2."""
    with contextlib.suppress(OSError):
        for line in _text(Path(f"/proc/{pid}/cgroup")).splitlines():
            if line.startswith("0::"):
                return _directory(line.removeprefix("0::"))
    return None


def mark_of(pid: int) -> str | None:
    """Its mark; None where it has none, has ended, or may not be asked."""
    with contextlib.suppress(OSError):
        for entry in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
            name, _, value = entry.partition(b"=")
            if name == MARK.encode():
                return os.fsdecode(value)
    return None


def pids_in(cgroup: Path) -> list[int]:
    """The processes in it and in all below it; none where it is gone. Zombies have left it."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for procs in cgroup.rglob("cgroup.procs"):
            with contextlib.suppress(OSError):
                found += map(int, procs.read_text().split())
    return found


def cpu_ns_in(cgroup: Path) -> int:
    """CPU of all that ever ran in it, in whole microseconds; of what runs just now up to the last tick (4 ms).

    Raises:
        OSError: it is gone.
    """
    fields = (cgroup / "cpu.stat").read_text().split()
    return int(fields[fields.index("usage_usec") + 1]) * 1000


def _directory(path: str) -> Path | None:
    """Where a cgroup is that /proc names so; None where what is mounted here does not show it."""
    mounted = _mounted()
    if mounted is None or path.startswith("/.."):
        return None
    root, point = mounted
    if root != "/":
        if not f"{path}/".startswith(f"{root}/"):
            return None
        path = path.removeprefix(root)
    return point / path.lstrip("/")


@functools.cache
def _mounted() -> tuple[str, Path] | None:
    """The cgroup that is the root of what is mounted, and where."""
    with contextlib.suppress(OSError):
        for line in _text(Path("/proc/self/mountinfo")).splitlines():
            before, _, after = line.partition(" - ")
            if after.startswith("cgroup2 "):
                root, point = before.split()[3:5]
                return root, Path(point)
    return None


def _text(path: Path) -> str:
    return os.fsdecode(path.read_bytes())
