"""CPU seconds of process trees, here and now."""

import time
from collections.abc import Iterable, Mapping

from wsgibench.monitors._family import Family
from wsgibench.monitors._processes import ProcessTable, last_pid

_LOOK_AGAIN_S = 1.0


class TreeCpu:
    """CPU seconds of trees by name, exact to the nanosecond while no member ends, to two ticks (20 ms) when one does.

    Kernel and user time together, with ended threads and ended children; never falling. Names as in
    ``MonitorJob.trees``. A reading costs 0.6 µs for each process of the trees; and when anything was started or ended
    since the last one, 7 µs more for each process on the machine (benchmarks/monitor_cost.py).
    """

    def __init__(self, trees: Mapping[str, Iterable[int]]) -> None:
        self._families = {name: Family(roots) for name, roots in trees.items()}
        self._last_pid = -1
        self._looked_s = 0.0

    def seconds(self, *names: str) -> dict[str, float]:
        """CPU seconds since the trees began, by name: of those named, or of all."""
        # Where /proc is not the kernel's own (lxcfs), the last id may stand still: so look again now and then.
        if last_pid() != self._last_pid or time.monotonic() - self._looked_s > _LOOK_AGAIN_S:
            self._look()
        readings = self._read(names)
        if not all(complete for _, complete in readings.values()):
            self._look()
            readings = self._read(names)
        return {name: nanoseconds * 1e-9 for name, (nanoseconds, _) in readings.items()}

    def _look(self) -> None:
        # Before the table: what is started while it is read shows at the next reading.
        self._last_pid = last_pid()
        table = ProcessTable()
        for family in self._families.values():
            family.update(table)
        self._looked_s = time.monotonic()

    def _read(self, names: tuple[str, ...]) -> dict[str, tuple[int, bool]]:
        return {name: self._families[name].cpu_ns() for name in names or self._families}
