"""A process tree that has a cgroup of its own."""

import contextlib
from collections.abc import Iterable
from pathlib import Path

from wsgibench.membership import cgroup_of, cpu_ns_in, is_family_cgroup, pids_in
from wsgibench.monitors._family import Family
from wsgibench.monitors._processes import ProcessTable, parent_of


class CgroupFamily:
    """All that a program started, wherever it went and however short it lived; as ``Family``, but the kernel counts."""

    def __init__(self, cgroup: Path) -> None:
        self.pids: tuple[int, ...] = ()
        self._cgroup = cgroup
        self._cpu_ns = 0

    def update(self, table: ProcessTable) -> None:
        """Find out who is there."""
        self.pids = tuple(pid for pid in pids_in(self._cgroup) if pid in table.processes)

    def cpu_ns(self) -> tuple[int, bool]:
        """CPU of all that ever was in it, whoever has ended meanwhile; of a cgroup that is gone what was read last."""
        with contextlib.suppress(OSError):
            self._cpu_ns = cpu_ns_in(self._cgroup)
        return self._cpu_ns, True


def family_of(roots: Iterable[int]) -> Family | CgroupFamily:
    """By the cgroup where the one root is what that was made for, else by descent."""
    roots = tuple(roots)
    cgroup = _own_cgroup(roots[0]) if len(roots) == 1 else None
    return CgroupFamily(cgroup) if cgroup is not None else Family(roots)


def _own_cgroup(root: int) -> Path | None:
    cgroup, parent = cgroup_of(root), parent_of(root)
    if cgroup is None or not is_family_cgroup(cgroup.parent) or parent is None or cgroup_of(parent) == cgroup:
        return None
    return cgroup
