"""CPU seconds of process trees, here and now."""

import time
from collections.abc import Iterable, Mapping, Sequence

from wsgibench.monitors._cgroup import CgroupFamily, family_of
from wsgibench.monitors._family import Family
from wsgibench.monitors._processes import ProcessTable, last_pid, reaped_ns_of

_LOOK_AGAIN_S = 1.0


class TreeCpu:
    """CPU seconds of trees by name; kernel and user time together, with all that has ended; never falling.

    Names as in ``MonitorJob.trees``. Of a tree with a cgroup of its own the kernel counts all that it ever started, in
    microseconds. Of any other it is exact to the nanosecond while no member ends, to two ticks (20 ms) when one does; a
    reading costs 0.6 µs for each process of it, and when anything was started or ended since the last one, 7 µs more
    for each process on the machine (benchmarks/monitor_cost.py).
    """

    def __init__(self, trees: Mapping[str, Iterable[int]]) -> None:
        self._families = {name: family_of(roots) for name, roots in trees.items()}
        self._looks = not all(isinstance(family, CgroupFamily) for family in self._families.values())
        self._last_pid = -1
        self._looked_s = 0.0
        self._unseen = _Unseen([family for family in self._families.values() if isinstance(family, Family)])

    def seconds(self, *names: str) -> dict[str, float]:
        """CPU seconds since the trees began, by name: of those named, or of all."""
        # Where /proc is not the kernel's own (lxcfs), the last id may stand still: so look again now and then.
        if self._looks and (last_pid() != self._last_pid or time.monotonic() - self._looked_s > _LOOK_AGAIN_S):
            self._look()
        readings = self._read(names)
        if not all(complete for _, complete in readings.values()):
            self._look()
            readings = self._read(names)
        unseen = self._unseen.shared_out(names)
        return {name: (nanoseconds + unseen.get(name, 0)) * 1e-9 for name, (nanoseconds, _) in readings.items()}

    def _look(self) -> None:
        # Before the table: what is started while it is read shows at the next reading.
        self._last_pid = last_pid()
        table = ProcessTable()
        for family in self._families.values():
            family.update(table)
        self._looked_s = time.monotonic()

    def _read(self, names: tuple[str, ...]) -> dict[str, tuple[int, bool]]:
        return {name: self._families[name].cpu_ns() for name in names or self._families}


class _Unseen:
    """CPU of what left its tree and ended before anybody had seen it, as those who adopted it tell: to two ticks.

    Nothing tells whose it was. It goes to the first of the trees that are asked for twice in a row: those whose turn it
    was in between, the server before its proxy.
    """

    def __init__(self, families: Sequence[Family]) -> None:
        self._families = families
        self._reapers = {pid for family in families for pid in family.reapers}
        self._asked: tuple[str, ...] = ()
        self._before_ns = 0
        self._of: dict[str, int] = {}

    def shared_out(self, names: tuple[str, ...]) -> dict[str, int]:
        """What each tree has of it, now that these are asked for."""
        if self._reapers:
            now_ns = sum(map(reaped_ns_of, self._reapers)) - sum(family.gone_ns for family in self._families)
            if names and names == self._asked:
                self._of[names[0]] = self._of.get(names[0], 0) + max(now_ns - self._before_ns, 0)
            self._asked, self._before_ns = names, now_ns
        return self._of
