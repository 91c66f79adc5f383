"""The machine, in the sections of cmonitor's layout."""

import time
from typing import Any

import psutil

Section = dict[str, Any]

_CPU_FIELDS = {
    "user": "user",
    "nice": "nice",
    "sys": "system",
    "idle": "idle",
    "iowait": "iowait",
    "hardirq": "irq",
    "softirq": "softirq",
    "steal": "steal",
    "guest": "guest",
    "guestnice": "guest_nice",
}
"""cmonitor's name: psutil's."""

_NETWORK_FIELDS = {
    "ibytes": "bytes_recv",
    "obytes": "bytes_sent",
    "ipackets": "packets_recv",
    "opackets": "packets_sent",
}


class MachineSampler:
    """Load, memory, CPU and network. Rates are since the sample before, so the first one has none."""

    def __init__(self) -> None:
        self._before: tuple[float, list[Any], int, dict[str, Any]] | None = None

    def sample(self, *, with_rates: bool = True) -> dict[str, Section]:
        """The sections ``proc_loadavg``, ``proc_meminfo``, and from the second on ``stat`` and ``network_interfaces``.

        Without rates neither of these two.

        Memory in bytes; CPU in percent of each core; the rest per second.
        """
        load, memory = psutil.getloadavg(), psutil.virtual_memory()
        sections: dict[str, Section] = {
            "proc_loadavg": {f"load_avg_{minutes}min": load[index] for index, minutes in enumerate((1, 5, 15))},
            "proc_meminfo": {
                "MemTotal": memory.total,
                "MemFree": memory.free,
                "MemAvailable": memory.available,
                "Cached": memory.cached,
            },
        }
        if not with_rates:
            return sections
        now = (
            time.monotonic(),
            psutil.cpu_times(percpu=True),
            psutil.cpu_stats().ctx_switches,
            psutil.net_io_counters(pernic=True, nowrap=False),
        )
        if self._before:
            sections |= _rates(self._before, now)
        self._before = now
        return sections


def _rates(
    before: tuple[float, list[Any], int, dict[str, Any]], now: tuple[float, list[Any], int, dict[str, Any]]
) -> dict[str, Section]:
    elapsed_s = now[0] - before[0]

    def per_second(fields: dict[str, str], old: object, new: object, scale: float = 1.0) -> dict[str, float]:
        return {
            name: round(max(getattr(new, field, 0.0) - getattr(old, field, 0.0), 0.0) * scale / elapsed_s, 3)
            for name, field in fields.items()
        }

    return {
        "stat": {
            **{
                f"cpu{number}": per_second(_CPU_FIELDS, old, new, 100.0)
                for number, (old, new) in enumerate(zip(before[1], now[1], strict=False))
            },
            "counters": {"ctxt": round((now[2] - before[2]) / elapsed_s, 3)},
        },
        "network_interfaces": {
            name: per_second(_NETWORK_FIELDS, before[3][name], counters)
            for name, counters in now[3].items()
            if name in before[3]
        },
    }
