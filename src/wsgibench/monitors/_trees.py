"""Samples of process trees."""

import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from wsgibench.model.monitor import TreeSample
from wsgibench.monitors._cgroup import family_of
from wsgibench.monitors._processes import ProcessTable
from wsgibench.monitors._switches import Switches
from wsgibench.monitors._workers import Replaced

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_PSS_SHARE = 0.004
"""Of one core, at most, goes into reading PSS: for 60 workers it costs ten times all else, 90 µs and more a process."""
_SWITCHES_SHARE = 0.002
"""The same for context switches: a file for each thread, 15 µs and more."""


class TreeSampler:
    """Samples trees by name.

    PSS and context switches are read as often as their share of a core allows, and are None in the samples between.

    The roots of those ``with_workers`` start workers, which may be replaced.
    """

    def __init__(self, trees: Mapping[str, Iterable[int]], with_workers: Collection[str] = ()) -> None:
        roots = {name: tuple(pids) for name, pids in trees.items()}
        self._families = {name: family_of(pids) for name, pids in roots.items()}
        self._replaced = {name: Replaced(roots[name]) for name in with_workers}
        self._switches = {name: Switches() for name in roots}
        self._pss, self._counting = _Seldom(_PSS_SHARE), _Seldom(_SWITCHES_SHARE)

    def sample(self, *, is_last: bool = False) -> dict[str, TreeSample]:
        """All trees now. Of one that has ended the CPU stays, with 0 processes. The last one has all figures."""
        table = ProcessTable()
        for family in self._families.values():
            family.update(table)
        for replaced in self._replaced.values():
            replaced.update(table)
        if is_last:
            self._pss, self._counting = _Seldom(_PSS_SHARE), _Seldom(_SWITCHES_SHARE)
        pss = self._pss.read(lambda: {name: _pss_of(family.pids) for name, family in self._families.items()})
        switches = self._counting.read(
            lambda: {name: self._switches[name].update(family.pids) for name, family in self._families.items()}
        )
        return {name: self._sample(name, table, pss.get(name), switches.get(name)) for name in self._families}

    def _sample(
        self, name: str, table: ProcessTable, pss_bytes: int | None, context_switches: int | None
    ) -> TreeSample:
        family, replaced = self._families[name], self._replaced.get(name)
        return TreeSample(
            cpu_s=family.cpu_ns()[0] * 1e-9,
            rss_bytes=_total(_rss_bytes(pid) for pid in family.pids) or 0,
            pss_bytes=pss_bytes,
            processes=len(family.pids),
            threads=sum(table.processes[pid].threads for pid in family.pids),
            open_files=_total(_open_files(pid) for pid in family.pids),
            restarts=replaced.count if replaced is not None else 0,
            context_switches=context_switches,
        )


class _Seldom:
    """Reads as often as a share of a core allows."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._next_s = 0.0

    def read(self, figures: Callable[[], dict[str, int | None]]) -> dict[str, int | None]:
        """The figures; nothing where it is too early."""
        now = time.monotonic()
        if now < self._next_s:
            return {}
        before = time.thread_time()
        found = figures()
        self._next_s = now + (time.thread_time() - before) / self._share
        return found


def _pss_of(pids: Iterable[int]) -> int | None:
    return _total(map(_pss_bytes, pids))


def _total(figures: Iterable[int | None]) -> int | None:
    """The sum; None where a figure may not be read."""
    total = 0
    for figure in figures:
        if figure is None:
            return None
        total += figure
    return total


def _rss_bytes(pid: int) -> int:
    # stat has a figure too, which since Linux 6.2 may be off by some pages for each core; statm is exact.
    content = _read(f"/proc/{pid}/statm")
    return int(content.split()[1]) * _PAGE_BYTES if content else 0


def _pss_bytes(pid: int) -> int | None:
    content = _read(f"/proc/{pid}/smaps_rollup")
    if not content:
        return content if content is None else 0
    return int(content.partition(b"\nPss:")[2].split(maxsplit=1)[0]) * 1024


def _open_files(pid: int) -> int | None:
    path = f"/proc/{pid}/fd"
    try:
        # Since Linux 6.2 the size of the directory is their number.
        return Path(path).stat().st_size or len(os.listdir(path))  # noqa: PTH208 - counts without path objects
    except PermissionError:
        return None
    except OSError:
        return 0


def _read(path: str) -> bytes | None:
    """The file in one read; nothing where the process has ended, None where it may not be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except PermissionError:
        return None
    except OSError:
        return b""
    try:
        return os.read(descriptor, 4096)
    except PermissionError:
        return None
    except OSError:
        return b""
    finally:
        os.close(descriptor)
