"""CPU that other processes than ours use on some cores."""

import os
import re
import time
from collections.abc import Collection, Mapping
from pathlib import Path

import psutil

from wsgibench.monitors._cpu import TreeCpu

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_OURS, _ELSEWHERE = "ours", "elsewhere"


class OtherCpu:
    """What others than this process and all below it use of ``cores``, between two moments.

    The kernel counts each core's time in ticks (user, nice and system: not what interrupts, the hypervisor or waiting
    for a disk take); of that, our own CPU is subtracted, of all our processes but those that are pinned to other cores.
    Over some seconds that is exact to a few per cent of a core.
    """

    def __init__(self, cores: Collection[int]) -> None:
        self._cores = frozenset(cores)
        self._trees = TreeCpu({})
        self._before: tuple[float, float, float] | None = None

    def start(self) -> None:
        """Begin to look; all processes of ours that are pinned elsewhere are there by now."""
        self._trees = TreeCpu({_OURS: [os.getpid()], _ELSEWHERE: _pinned_off(self._cores)})
        self._before = self._now()

    def share(self) -> float | None:
        """Of all the time of these cores since the start, what others used; None where the kernel does not tell."""
        now = self._now()
        if self._before is None or now is None:
            return None
        took_s, busy_s, ours_s = (after - before for after, before in zip(now, self._before, strict=True))
        return other_share(busy_s, ours_s, cores=len(self._cores), took_s=took_s)

    def _now(self) -> tuple[float, float, float] | None:
        busy = busy_seconds(Path("/proc/stat").read_text())
        if not self._cores <= busy.keys():
            return None
        ours = self._trees.seconds()
        return time.monotonic(), sum(busy[core] for core in self._cores), ours[_OURS] - ours[_ELSEWHERE]


def busy_seconds(stat: str) -> Mapping[int, float]:
    """What processes have used of each core since boot, from the text of ``/proc/stat`` (proc(5)).

    Guests of this machine are in user and nice already.
    """
    rows = re.findall(r"^cpu(\d+) (\d+) (\d+) (\d+)", stat, re.MULTILINE)
    return {int(core): sum(map(int, ticks)) / _TICKS_PER_S for core, *ticks in rows}


def other_share(busy_s: float, ours_s: float, *, cores: int, took_s: float) -> float:
    """From CPU seconds of all and of ours on so many cores in ``took_s``; from 0 to 1."""
    if not cores or took_s <= 0:
        return 0.0
    return min(max((busy_s - ours_s) / (cores * took_s), 0.0), 1.0)


def _pinned_off(cores: frozenset[int]) -> list[int]:
    """Children of ours that may not run on any of these cores."""
    found = []
    for child in psutil.Process().children():
        try:
            if not cores & os.sched_getaffinity(child.pid):
                found.append(child.pid)
        except ProcessLookupError:
            continue
    return found
